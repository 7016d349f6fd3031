//! Members of lists, which C asks for by their places.

use crate::status::Failure;
use crate::status::tlsdiag_status::TLSDIAG_NOT_FOUND;

/// The member at this place of a list of such things.
pub(crate) fn at<'a, T>(list: &'a [T], index: usize, what: &str) -> Result<&'a T, Failure> {
    list.get(index).ok_or_else(|| {
        Failure::new(
            TLSDIAG_NOT_FOUND,
            format!("there is no {what} {index}; there are {}, counted from 0", list.len()),
        )
    })
}
