//! The values that every resource has.

use kanta_core::CodedValue;

use crate::notice::NamedCode;
use crate::resource::{Coding, Extension, Meta, Text};

pub(super) fn profile(canonical: &str) -> Option<Meta<'_>> {
    Some(Meta::of_profile(canonical))
}

pub(super) fn coding_extension<'b>(url: &'b str, coding: Coding<'b>) -> Extension<'b> {
    Extension {
        url: Some(url.into()),
        value_coding: Some(coding),
        ..Extension::default()
    }
}

pub(super) fn string_extension<'b>(url: &'b str, text: &'b str) -> Extension<'b> {
    Extension {
        url: Some(url.into()),
        value_string: Some(text.into()),
        ..Extension::default()
    }
}

pub(super) fn named<'b>(system: &'b str, code: &'b NamedCode) -> Coding<'b> {
    Coding::new(system, code.code(), code.display())
}

/// A code of a national list; when it has no name, the check reports that.
pub(super) fn national(code: &CodedValue) -> Coding<'_> {
    Coding {
        system: Some(code.system().to_urn().into()),
        code: Some(code.code().into()),
        display: code.display().map(Text::from),
        ..Coding::default()
    }
}
