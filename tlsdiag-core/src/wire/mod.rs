//! Bytes to messages.
pub mod code_points;
pub mod error;
pub mod list;
mod names;
mod open_enum;
pub mod reader;
