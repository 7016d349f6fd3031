//! [`Code`], and how numbers, bytes and times are written.

use std::time::Duration;

use data_encoding::HEXLOWER;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A code point with its IANA name; an unknown one's name is its number in hexadecimal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Code {
    /// The number on the wire.
    pub code: u16,
    /// Its name, or `0x1234`.
    pub name: String,
}

impl Code {
    pub(super) fn new(code: impl Into<u16>, name: impl ToString) -> Self {
        Code { code: code.into(), name: name.to_string() }
    }
}

/// The most items of a list that are shown. Nobody sends more, but to make records large: a number of two bytes becomes
/// fifty of JSON.
pub(super) const MOST: usize = 1000;

/// How many items there are, where not all are shown.
pub(super) fn more(count: usize) -> Option<usize> {
    (count > MOST).then_some(count)
}

/// Lists of code points: each a number with its name beside it.
macro_rules! codes {
    ($list:expr) => {
        $list.iter().take(super::code::MOST).map(|code| Code::new(code.0, code)).collect()
    };
}
pub(super) use codes;

pub(in crate::report) fn rfc3339(since_1970: Duration) -> String {
    let nanos = i128::try_from(since_1970.as_nanos()).unwrap_or_default();
    jiff::Timestamp::from_nanosecond(nanos)
        .map_or_else(|_| format!("{} s after 1970", since_1970.as_secs()), |time| format!("{time:.6}"))
}

pub(super) fn date(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| format!("{seconds} s after 1970"), |time| time.to_string())
}

/// A time in milliseconds since 1970.
pub(super) fn milliseconds(since_1970: u64) -> String {
    rfc3339(Duration::from_millis(since_1970))
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}
