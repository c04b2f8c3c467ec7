//! Fields and their content side by side.

use super::Field;
use crate::json::Value;

/// The fields of a group that are there in content, in display order.
pub(crate) fn present<'f, 'j>(
    group: Field<'f>,
    object: Value<'j>,
) -> impl Iterator<Item = (Field<'f>, Value<'j>)> {
    let mut members = object.members();
    group.children().filter_map(move |field| {
        // Content mostly comes in display order: each member is first looked for after the one before.
        let name = field.name();
        let ahead = members
            .clone()
            .next()
            .filter(|member| member.name() == name);
        if ahead.is_some() {
            members.next();
        }
        Some((field, ahead.or_else(|| object.get(name))?))
    })
}

/// The values of a field: the items of a repeated one, else the one there is.
pub(crate) fn values<'j>(field: Field<'_>, content: Value<'j>) -> impl Iterator<Item = Value<'j>> {
    let repeated = field.is_repeated() && content.is_array();
    let single = (!repeated).then_some(content);
    let items = repeated.then(|| content.items());
    single.into_iter().chain(items.into_iter().flatten())
}
