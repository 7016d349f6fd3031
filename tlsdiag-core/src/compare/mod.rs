//! Two records beside each other: what differs between two handshakes, and what two ends of one say together.

mod diff;
mod end;
mod join;

pub use diff::{Difference, Explanation, Fact, Row, diff, facts_of};
pub use end::End;
pub use join::{Joined, Moment, Way, join};
