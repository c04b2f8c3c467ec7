//! Two versions compared, field by field.

use super::{Pairs, StructureChange, StructureChangeKind};
use crate::structure::{CodeSystem, Field, Language};

/// Tells what differs inside a group, in the later version's order of display; what was removed comes last.
pub(super) fn group<'e, 'l>(
    earlier: Field<'e>,
    later: Field<'l>,
    pairs: &Pairs<'e, 'l>,
    changes: &mut Vec<StructureChange>,
) {
    for field in later.children() {
        match pairs.earlier(field) {
            Some(before) => {
                let moved =
                    before.parent().and_then(|parent| pairs.later(parent)) != field.parent();
                if moved {
                    let from = before.path();
                    changes.push(change(field, StructureChangeKind::Moved { from }));
                }
                one_field(before, field, changes);
                if before.is_group() && field.is_group() {
                    group(before, field, pairs, changes);
                }
            }
            None => {
                let required = field.is_required();
                changes.push(change(field, StructureChangeKind::Added { required }));
                // What it took over from elsewhere is told inside it.
                if field.is_group() {
                    moved_into(field, pairs, changes);
                }
            }
        }
    }
    for field in earlier
        .children()
        .filter(|field| pairs.later(*field).is_none())
    {
        changes.push(change(field, StructureChangeKind::Removed));
    }
}

fn moved_into<'e, 'l>(new: Field<'l>, pairs: &Pairs<'e, 'l>, changes: &mut Vec<StructureChange>) {
    for field in new.children() {
        if let Some(before) = pairs.earlier(field) {
            let from = before.path();
            changes.push(change(field, StructureChangeKind::Moved { from }));
            one_field(before, field, changes);
            if before.is_group() && field.is_group() {
                group(before, field, pairs, changes);
            }
        } else if field.is_group() {
            moved_into(field, pairs, changes);
        }
    }
}

fn one_field(before: Field<'_>, after: Field<'_>, changes: &mut Vec<StructureChange>) {
    use StructureChangeKind as K;
    let mut tell = |kind| changes.push(change(after, kind));
    match (before.is_required(), after.is_required()) {
        (false, true) => tell(K::BecameRequired),
        (true, false) => tell(K::BecameOptional),
        _ => {}
    }
    if !before.is_conditional() && after.is_conditional() {
        tell(K::BecameConditional);
    }
    let repetition = |field: Field<'_>| field.is_repeated().then(|| field.min_items());
    if repetition(before) != repetition(after) {
        tell(K::Repetition {
            before: repetition(before),
            after: repetition(after),
        });
    }
    if before.representation() != after.representation() {
        tell(K::Representation {
            before: before.representation().finnish(),
            after: after.representation().finnish(),
        });
    }
    if before.code_system() != after.code_system() {
        let name = |field: Field<'_>| match field.code_system()? {
            CodeSystem::National(oid) => Some(oid.as_str().to_owned()),
            CodeSystem::Local(name) => Some(name),
        };
        tell(K::CodeSystem {
            before: name(before),
            after: name(after),
        });
    }
    let codes = |field: Field<'_>| -> Vec<String> {
        let codes = field.allowed_values().unwrap_or_default().into_iter();
        codes
            .chain(field.accepted_values())
            .map(str::to_owned)
            .collect()
    };
    let (earlier, later) = (codes(before), codes(after));
    let only = |codes: &[String], others: &[String]| -> Vec<String> {
        codes
            .iter()
            .filter(|code| !others.contains(code))
            .cloned()
            .collect()
    };
    let (added, removed) = (only(&later, &earlier), only(&earlier, &later));
    if !added.is_empty() || !removed.is_empty() {
        tell(K::Codes { added, removed });
    }
    let titles = |field: Field<'_>| {
        [Language::Finnish, Language::Swedish].map(|language| {
            [field.title(language), field.display_title(language)].map(str::to_owned)
        })
    };
    if titles(before) != titles(after) {
        // Where the Finnish name stayed, the title that changed is told.
        let changed = titles(before)
            .into_iter()
            .flatten()
            .zip(titles(after).into_iter().flatten())
            .find(|(before, after)| before != after);
        if let Some((before, _)) = changed {
            tell(K::Title { before });
        }
    }
    if (before.is_hidden(), before.has_hidden_title())
        != (after.is_hidden(), after.has_hidden_title())
    {
        tell(K::Visibility);
    }
    let note = |field: Field<'_>| {
        field
            .implementation_note(Language::Finnish)
            .map(str::to_owned)
    };
    if note(before) != note(after) {
        tell(K::Note);
    }
}

fn change(field: Field<'_>, kind: StructureChangeKind) -> StructureChange {
    StructureChange {
        path: field.path(),
        title: field.title(Language::Finnish).to_owned(),
        kind,
    }
}
