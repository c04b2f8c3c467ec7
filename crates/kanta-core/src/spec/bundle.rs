//! Reading bundles from TOML texts.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::leaf::{Leaf, Status};
use crate::PersonalIdentityCode;

/// The default bundle's files, compiled into the crate.
const EMBEDDED: [(&str, &str); 6] = [
    ("bundle.toml", include_str!("../../spec/bundle.toml")),
    (
        "codes/case.toml",
        include_str!("../../spec/codes/case.toml"),
    ),
    ("document.toml", include_str!("../../spec/document.toml")),
    ("fhir.toml", include_str!("../../spec/fhir.toml")),
    ("message.toml", include_str!("../../spec/message.toml")),
    ("signature.toml", include_str!("../../spec/signature.toml")),
];

/// A bundle: named values with status and source, read from a folder's TOML files.
///
/// The key of a value is the file's name and the tables down to it, joined by dots: `message.operation.….interaction`.
#[derive(Debug, Clone)]
pub struct Bundle {
    name: String,
    leaves: BTreeMap<String, Leaf>,
}

/// A bundle of made-up values for the test archive; only [`super::Spec::for_test`] takes one.
#[derive(Debug, Clone)]
pub struct TestOverlay(Bundle);

/// What a folder of bundle files holds.
#[derive(Debug, Clone)]
pub enum AnyBundle {
    /// An ordinary bundle.
    Bundle(Bundle),
    /// An overlay for the test archive.
    TestOverlay(TestOverlay),
}

/// A bundle that cannot be read (`KANTA-SPEC-BUNDLE`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {problem} [KANTA-SPEC-BUNDLE]", key.as_ref().map(|key| format!(", `{key}`")).unwrap_or_default())]
pub struct BundleError {
    file: String,
    key: Option<String>,
    problem: String,
}

impl BundleError {
    /// Returns the file that is wrong.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    fn new(file: &str, key: Option<&str>, problem: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            key: key.map(|key| PersonalIdentityCode::hide_in(key).into_owned()),
            problem: PersonalIdentityCode::hide_in(&problem.into()).into_owned(),
        }
    }
}

impl Bundle {
    /// Returns the default bundle: what the project knows, each value with its mark.
    #[must_use]
    pub fn embedded() -> Self {
        static BUNDLE: OnceLock<Bundle> = OnceLock::new();
        BUNDLE
            .get_or_init(|| {
                Self::read(EMBEDDED)
                    .expect("the embedded files are constants and a test reads them")
            })
            .clone()
    }

    /// Reads a bundle from its files: pairs of file name (with `/` between folders) and TOML text.
    ///
    /// # Errors
    /// [`BundleError`] when `bundle.toml` is missing or a file is not in the shape of a bundle, or when the bundle is an
    /// overlay for the test archive: that one is read with [`TestOverlay::read`].
    pub fn read<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Self, BundleError> {
        match AnyBundle::read(files)? {
            AnyBundle::Bundle(bundle) => Ok(bundle),
            AnyBundle::TestOverlay(_) => Err(BundleError::new(
                "bundle.toml",
                Some("environment"),
                "this is an overlay for the test archive; it cannot be used anywhere else",
            )),
        }
    }

    /// Returns the name of the bundle.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn leaves(&self) -> &BTreeMap<String, Leaf> {
        &self.leaves
    }

    /// Refuses a bundle with a value of a status that has no place in it.
    fn refuse(
        &self,
        is_misplaced: impl Fn(Status) -> bool,
        problem: &str,
    ) -> Result<(), BundleError> {
        match self
            .leaves
            .iter()
            .find(|(_, leaf)| is_misplaced(leaf.status))
        {
            None => Ok(()),
            Some((key, _)) => Err(BundleError::new(&self.name, Some(key), problem)),
        }
    }
}

impl TestOverlay {
    /// Reads an overlay, whose `bundle.toml` says `environment = "test"`.
    ///
    /// # Errors
    /// [`BundleError`] when a file is not in the shape of a bundle, when the bundle is not marked as an overlay for tests, or
    /// when a value claims to be more than made up.
    pub fn read<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Self, BundleError> {
        match AnyBundle::read(files)? {
            AnyBundle::TestOverlay(overlay) => Ok(overlay),
            AnyBundle::Bundle(_) => Err(BundleError::new(
                "bundle.toml",
                Some("environment"),
                "an overlay for the test archive says `environment = \"test\"`",
            )),
        }
    }

    pub(super) fn bundle(&self) -> &Bundle {
        &self.0
    }
}

impl AnyBundle {
    /// Reads what the files hold: `environment = "test"` in `bundle.toml` makes an overlay for the test archive of them.
    ///
    /// # Errors
    /// [`BundleError`] as for [`Bundle::read`] and [`TestOverlay::read`].
    pub fn read<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Self, BundleError> {
        let (bundle, is_test) = read_any(files)?;
        if is_test {
            bundle.refuse(
                |status| !matches!(status, Status::MadeUp | Status::Placeholder),
                "a value of an overlay for the test archive has the status `made-up`: what is known of Kanta stands in a \
                 bundle",
            )?;
            return Ok(Self::TestOverlay(TestOverlay(bundle)));
        }
        bundle.refuse(
            |status| status == Status::MadeUp,
            "a made-up value stands only in an overlay for the test archive",
        )?;
        Ok(Self::Bundle(bundle))
    }
}

fn read_any<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> Result<(Bundle, bool), BundleError> {
    let mut head = None;
    let mut leaves = BTreeMap::new();
    for (file, text) in files {
        let mut table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| not_toml(file, text, &error))?;
        if file == "bundle.toml" {
            head = Some(read_head(&table)?);
            continue;
        }
        let needs = match table.remove("needs") {
            Some(toml::Value::String(needs)) => needs,
            Some(_) => return Err(BundleError::new(file, Some("needs"), "a text is expected")),
            None => "the official document that its source names".to_owned(),
        };
        let prefix = file.strip_suffix(".toml").unwrap_or(file).replace('/', ".");
        collect(file, &prefix, &table, &needs, &mut leaves)?;
    }
    let (name, is_test) = head.ok_or_else(|| {
        BundleError::new(
            "bundle.toml",
            None,
            "the file is missing: it gives the bundle its name, `based_on` and `date`",
        )
    })?;
    Ok((Bundle { name, leaves }, is_test))
}

/// The error's own display would show the line with its values.
fn not_toml(file: &str, text: &str, error: &toml::de::Error) -> BundleError {
    let start = error.span().map_or(0, |span| span.start);
    let line = text
        .bytes()
        .take(start)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1;
    BundleError::new(file, None, format!("line {line}: {}", error.message()))
}

fn read_head(table: &toml::Table) -> Result<(String, bool), BundleError> {
    let wrong = |key: &str, problem: &str| BundleError::new("bundle.toml", Some(key), problem);
    if let Some(key) = table
        .keys()
        .find(|key| !["name", "based_on", "date", "environment"].contains(&key.as_str()))
    {
        return Err(wrong(key, "unknown key"));
    }
    let text = |key: &str| table.get(key).and_then(toml::Value::as_str);
    let name = text("name")
        .filter(|name| !name.is_empty())
        .ok_or_else(|| wrong("name", "a name is needed"))?;
    text("date").ok_or_else(|| wrong("date", "the date of the bundle is needed, as a text"))?;
    if !table.get("based_on").is_some_and(toml::Value::is_array) {
        return Err(wrong(
            "based_on",
            "a list of the documents it rests on is needed",
        ));
    }
    let is_test = match text("environment") {
        None => false,
        Some("test") => true,
        Some(_) => return Err(wrong("environment", "only `test` can be named here")),
    };
    Ok((name.to_owned(), is_test))
}

fn collect(
    file: &str,
    prefix: &str,
    table: &toml::Table,
    needs: &str,
    leaves: &mut BTreeMap<String, Leaf>,
) -> Result<(), BundleError> {
    for (key, value) in table {
        let key = format!("{prefix}.{key}");
        let Some(inner) = value.as_table() else {
            return Err(BundleError::new(
                file,
                Some(&key),
                "a value is written as { value = …, status = \"…\", source = \"…\" }",
            ));
        };
        let is_value =
            inner.contains_key("value") || inner.get("status").is_some_and(toml::Value::is_str);
        if is_value {
            let leaf = Leaf::read(inner, needs)
                .map_err(|problem| BundleError::new(file, Some(&key), problem))?;
            leaves.insert(key, leaf);
        } else {
            collect(file, &key, inner, needs, leaves)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "name = \"t\"\nbased_on = []\ndate = \"2026-01-01\"\n";

    #[test]
    fn the_embedded_bundle_reads() {
        assert!(Bundle::embedded().leaves().len() > 50);
    }

    #[test]
    fn every_mistake_names_file_and_key() {
        for (text, expected) in [
            ("x = 1", "a.toml, `a.x`: a value is written as"),
            (
                "x = { value = 1, status = \"sure\", source = \"s\" }",
                "`status` is",
            ),
            (
                "x = { value = 1, status = \"seen\" }",
                "`source` is missing",
            ),
            (
                "x = { status = \"seen\", source = \"s\" }",
                "`value` is missing",
            ),
            (
                "x = { value = 1, status = \"placeholder\", source = \"s\" }",
                "has no value",
            ),
            (
                "x = { value = 1.5, status = \"seen\", source = \"s\" }",
                "a value is a text",
            ),
            (
                "x = { value = [1], status = \"seen\", source = \"s\" }",
                "a list holds texts",
            ),
            (
                "x = { value = { code = \"1\" }, status = \"seen\", source = \"s\" }",
                "a `system`",
            ),
            (
                "x = { value = 1, staus = 1 , status = \"seen\", source = \"s\" }",
                "no part `staus`",
            ),
            ("x = ", "a.toml: "),
        ] {
            let error = Bundle::read([("bundle.toml", HEAD), ("a.toml", text)]).unwrap_err();
            assert!(error.to_string().contains(expected), "{text}: {error}");
            assert_eq!(error.file(), "a.toml");
        }
        assert!(
            Bundle::read([])
                .unwrap_err()
                .to_string()
                .contains("bundle.toml")
        );
    }

    #[test]
    fn a_test_overlay_is_no_bundle_and_a_bundle_is_no_test_overlay() {
        let test_head = format!("{HEAD}environment = \"test\"");
        assert!(Bundle::read([("bundle.toml", test_head.as_str())]).is_err());
        assert!(TestOverlay::read([("bundle.toml", test_head.as_str())]).is_ok());
        assert!(TestOverlay::read([("bundle.toml", HEAD)]).is_err());
    }

    #[test]
    fn made_up_values_and_known_ones_never_stand_in_one_bundle() {
        let test_head = format!("{HEAD}environment = \"test\"");
        for status in ["official", "verified", "seen", "inferred", "made-up"] {
            let text = format!("x = {{ value = 1, status = \"{status}\", source = \"s\" }}");
            let overlay =
                TestOverlay::read([("bundle.toml", test_head.as_str()), ("a.toml", &text)]);
            assert_eq!(overlay.is_ok(), status == "made-up", "{status}");
            let bundle = Bundle::read([("bundle.toml", HEAD), ("a.toml", &text)]);
            assert_eq!(bundle.is_err(), status == "made-up", "{status}");
        }
    }

    #[test]
    fn folders_are_part_of_the_key() {
        let text = "x = { value = 1, status = \"seen\", source = \"s\" }";
        let bundle = Bundle::read([("bundle.toml", HEAD), ("codes/task.toml", text)]).unwrap();
        assert!(bundle.leaves().contains_key("codes.task.x"));
    }
}
