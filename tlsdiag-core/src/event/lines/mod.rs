//! Recordings as JSON lines: what was seen, kept as it was seen, so that it can be diagnosed again
//! on another day.
//!
//! A recording is one line that says how much follows, and one line for each event. Several
//! recordings may stand in one file. Bytes are in hexadecimal. No key and no secret is in it, but
//! what the peers said in the clear is, certificates included.
//!
//! ```
//! use std::time::Duration;
//!
//! use tlsdiag_core::event::{ConnectionId, Direction, EventBody, Recording, lines};
//!
//! let mut recording = Recording::new(ConnectionId(1));
//! let alert = EventBody::Alert { direction: Direction::Received, level: 2, description: 42 };
//! recording.push(Duration::from_micros(31), &alert);
//!
//! let mut file = Vec::new();
//! lines::write(&recording, &mut file)?;
//! assert_eq!(
//!     String::from_utf8_lossy(&file),
//!     concat!(
//!         r#"{"schema":"tlsdiag.events/1","connection":1,"missed":0,"events":1}"#,
//!         "\n",
//!         r#"{"at":31000,"event":"alert","direction":"received","level":2,"description":42}"#,
//!         "\n",
//!     )
//! );
//! let read = lines::read(&file[..])?;
//! assert_eq!(read[0].len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(super) mod bytes;
mod line;
mod reader;

use std::io::{self, Write};

use line::{Head, Line};

use super::Recording;
use crate::neutralize::write_json;

pub use reader::{LineError, ReadError, Reader, begins, read};

/// What the schema field of a recording's first line says.
pub const SCHEMA: &str = "tlsdiag.events/1";

/// Writes a recording, in a single write.
///
/// # Errors
///
/// Those of `out`; and a time that is beyond the year 9999.
pub fn write(recording: &Recording, out: &mut impl Write) -> io::Result<()> {
    let mut text = Vec::new();
    write_json(&Head::of(recording), &mut text)?;
    text.push(b'\n');
    for event in recording.events() {
        // A recording keeps neither secrets nor its own end, so each of its events has a line.
        if let Some(line) = Line::of(&event) {
            write_json(&line, &mut text)?;
            text.push(b'\n');
        }
    }
    out.write_all(&text)
}
