//! What stands there and is no date.

use super::{Case, case};
use crate::signed_again::Edit;

pub(super) fn unreadable() -> Vec<Case> {
    vec![
        case("leaf-begins-at-no-date", "malformed", &[13], |s| s.leaf().edit = Some(Edit::FirstDate)),
        case("leaf-ends-at-no-date", "malformed", &[14], |s| s.leaf().edit = Some(Edit::SecondDate)),
        case("ca-begins-at-no-date", "malformed", &[13], |s| s.issuing().edit = Some(Edit::FirstDate)),
        case("ca-ends-at-no-date", "malformed", &[14], |s| s.issuing().edit = Some(Edit::SecondDate)),
    ]
}
