//! Two records beside each other: what differs between two handshakes, and what two ends of one say together.

mod diff;
mod fields;
mod join;

pub use diff::{Difference, Row, diff};
pub use join::{Joined, join};
