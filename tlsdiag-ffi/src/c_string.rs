//! Text as C strings.

use std::ffi::{CString, c_char};

use tlsdiag_core::neutralize;

/// What a peer put into a name must not end a C string early, nor act on anybody's terminal.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(&*neutralize(text)).unwrap_or_default()
}

/// A page or a line of JSON, which is inert as core makes it: only NUL would be in its way.
pub(crate) fn whole(text: String) -> CString {
    CString::new(text.replace('\0', "\\u{0}")).unwrap_or_default()
}

/// A pointer to a string that may be absent.
pub(crate) fn pointer(text: Option<&CString>) -> *const c_char {
    text.map_or(std::ptr::null(), |text| text.as_ptr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_whole_and_inert() {
        let shown = c_string("a\0b\x1b[2J\r\n\u{9b}\u{202e}\u{2028}\u{200b}");
        assert_eq!(shown.as_c_str(), cr"a\u{0}b\u{1b}[2J\r\n\u{9b}\u{202e}\u{2028}\u{200b}");
        assert_eq!(c_string("Größe, 東京").as_c_str(), c"Größe, 東京");
    }
}
