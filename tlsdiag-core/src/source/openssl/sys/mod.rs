//! One OpenSSL: its functions, its numbers, our indices in its objects, and what guards the border
//! between its code and ours.

pub(super) mod clock;
pub(super) mod constants;
pub(super) mod der;
pub(super) mod functions;
pub(super) mod guard;
pub(super) mod library;
pub(super) mod locate;
pub(super) mod memory;
pub(super) mod stack;
