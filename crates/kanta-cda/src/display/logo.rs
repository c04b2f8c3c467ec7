//! The logo in the header of a display form.

use base64_simd::STANDARD;

/// A picture that the display form carries inside (class `soc-logo`): a PNG, as in the public test messages (`[S]`).
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    data_uri: String,
    alternative: String,
}

/// Why a picture cannot be a logo (`KANTA-DISPLAY-LOGO`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogoError {
    /// The bytes do not begin as a PNG does.
    #[error("the logo is not a PNG; save the picture as PNG [KANTA-DISPLAY-LOGO]")]
    NotPng,
    /// The picture is larger than [`Logo::MOST_BYTES`].
    #[error("the logo has {0} bytes, at most {most} fit; make the picture smaller [KANTA-DISPLAY-LOGO]", most = Logo::MOST_BYTES)]
    TooLarge(usize),
}

impl Logo {
    /// The most bytes of a picture: every document carries and signs them, so this is our own bound.
    pub const MOST_BYTES: usize = 256 * 1024;

    /// Takes a PNG with the text that stands in for it, such as the organisation's name.
    ///
    /// # Errors
    /// [`LogoError`] when the bytes are no PNG or too many.
    pub fn png(bytes: &[u8], alternative: impl Into<String>) -> Result<Self, LogoError> {
        if !bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
            return Err(LogoError::NotPng);
        }
        if bytes.len() > Self::MOST_BYTES {
            return Err(LogoError::TooLarge(bytes.len()));
        }
        Ok(Self {
            data_uri: format!("data:image/png;base64,{}", STANDARD.encode_to_string(bytes)),
            alternative: alternative.into(),
        })
    }

    /// Returns the text that stands in for the picture.
    #[must_use]
    pub fn alternative(&self) -> &str {
        &self.alternative
    }

    pub(super) fn data_uri(&self) -> &str {
        &self.data_uri
    }
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Logo")
            .field("alternative", &self.alternative)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_small_pngs() {
        let png = b"\x89PNG\r\n\x1A\nrest";
        let logo = Logo::png(png, "Mallila").unwrap();
        assert_eq!(logo.data_uri(), "data:image/png;base64,iVBORw0KGgpyZXN0");
        assert_eq!(Logo::png(b"GIF89a", ""), Err(LogoError::NotPng));
        let mut large = png.to_vec();
        large.resize(Logo::MOST_BYTES + 1, 0);
        assert!(matches!(Logo::png(&large, ""), Err(LogoError::TooLarge(_))));
    }
}
