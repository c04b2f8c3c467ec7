//! Reference integrations of the Kanta SDK.
