//! The thread's error queue belongs to the application: it is read, or suspended, and left as it
//! was found.

pub(super) mod read;
pub(super) mod saved;
pub(super) mod suspend;
