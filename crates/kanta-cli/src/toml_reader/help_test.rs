//! The test that a help text has exactly the keys that its reader asks for.

use super::*;

/// Reads a help text as it stands, then with each commented key in force, and compares keys with `read`.
///
/// A commented key stands alone on its line after `# `; one that excludes another key names it: `# a = 1  # not with b`.
pub(crate) fn assert_help<T>(help: &str, read: impl Fn(&Table<'_>) -> Option<T>) {
    let (result, asked) = read_and_list(help.as_bytes(), "help", &read);
    if let Err(failure) = result {
        panic!("the help text is refused: {failure}");
    }
    let lines: Vec<&str> = help.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let Some(key_line) = commented_key(line) else {
            continue;
        };
        let excluded = line
            .rsplit_once("# not with ")
            .map(|(_, key)| format!("{} =", key.trim()));
        let variant: String = lines
            .iter()
            .enumerate()
            .map(|(other, line)| match &excluded {
                _ if other == index => format!("{key_line}\n"),
                Some(excluded) if line.starts_with(excluded.as_str()) => "\n".to_owned(),
                _ => format!("{line}\n"),
            })
            .collect();
        if let Err(failure) = read_and_list(variant.as_bytes(), "help", &read).0 {
            panic!("with line {}: {failure}", index + 1);
        }
    }
    for path in asked {
        let key = path.rsplit('.').next().unwrap_or_default();
        let is_shown = lines.iter().any(|line| {
            let line = commented_key(line).unwrap_or(line);
            line.starts_with(&format!("{key} ="))
                || line.contains(&format!("{{ {key} ="))
                || line.contains(&format!(", {key} ="))
                || line == format!("[{path}]")
        });
        assert!(is_shown, "the help text does not show `{path}`");
    }
}

fn commented_key(line: &str) -> Option<&str> {
    let line = line.strip_prefix("# ")?;
    let (key, _) = line.split_once(" = ")?;
    let is_key = !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_key.then_some(line)
}
