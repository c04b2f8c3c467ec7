//! Which fields of two versions are the same.

use crate::structure::{Field, Structure};

/// Which field of the later version is which of the earlier one.
pub(crate) struct Pairs<'e, 'l> {
    same: Vec<(Field<'e>, Field<'l>)>,
}

impl<'e, 'l> Pairs<'e, 'l> {
    pub(crate) fn of(earlier: &'e Structure, later: &'l Structure) -> Self {
        let mut pairs = Self {
            same: vec![(earlier.root(), later.root())],
        };
        let (mut gone, mut new) = (Vec::new(), Vec::new());
        pairs.same_name(earlier.root(), later.root(), &mut gone, &mut new);
        for field in gone.iter().copied() {
            let twins = |fields: &[Field<'_>]| {
                fields
                    .iter()
                    .filter(|twin| are_twins(field, **twin))
                    .count()
            };
            if twins(&gone) == 1
                && twins(&new) == 1
                && let Some(twin) = new.iter().find(|twin| are_twins(field, **twin))
            {
                pairs.same.push((field, *twin));
                pairs.same_name(field, *twin, &mut Vec::new(), &mut Vec::new());
            }
        }
        pairs
    }

    fn same_name(
        &mut self,
        earlier: Field<'e>,
        later: Field<'l>,
        gone: &mut Vec<Field<'e>>,
        new: &mut Vec<Field<'l>>,
    ) {
        if !earlier.is_group() || !later.is_group() {
            return;
        }
        for field in earlier.children() {
            match later.child(field.name()) {
                Some(twin) => {
                    self.same.push((field, twin));
                    self.same_name(field, twin, gone, new);
                }
                None => gone.extend(field.descendants()),
            }
        }
        for field in later.children() {
            if earlier.child(field.name()).is_none() {
                new.extend(field.descendants());
            }
        }
    }

    /// The field of the later version that one of the earlier version is.
    pub(crate) fn later(&self, earlier: Field<'e>) -> Option<Field<'l>> {
        let pair = self.same.iter().find(|(field, _)| *field == earlier);
        pair.map(|(_, later)| *later)
    }

    /// The field of the earlier version that one of the later version was.
    pub(super) fn earlier(&self, later: Field<'l>) -> Option<Field<'e>> {
        let pair = self.same.iter().find(|(_, field)| *field == later);
        pair.map(|(earlier, _)| *earlier)
    }
}

fn are_twins(one: Field<'_>, other: Field<'_>) -> bool {
    one.name() == other.name()
        && one.representation() == other.representation()
        && one.is_group() == other.is_group()
}
