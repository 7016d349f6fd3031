//! Reads memory of this process that may not be there: a wrong address is an answer and no crash.

use std::ffi::c_void;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// A pipe through which the kernel looks at addresses for us: `write(2)` gives EFAULT where there is nothing to read.
pub(crate) struct Probe {
    read: OwnedFd,
    write: OwnedFd,
}

impl Probe {
    /// # Errors
    /// The process has no descriptors left.
    pub(crate) fn new() -> io::Result<Self> {
        let mut ends = [0; 2];
        // SAFETY: pipe2 writes two descriptors, which are then ours alone.
        unsafe {
            if libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) != 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(Probe { read: OwnedFd::from_raw_fd(ends[0]), write: OwnedFd::from_raw_fd(ends[1]) })
        }
    }

    /// As many of the words from `address` on as can be read, up to `count`; none for an address that is not aligned.
    pub(crate) fn words(&self, address: usize, count: usize) -> Vec<usize> {
        const WORD: usize = size_of::<usize>();
        let mut words = Vec::with_capacity(count);
        if address == 0 || !address.is_multiple_of(WORD) {
            return words;
        }
        for place in (0..count).map(|number| address.wrapping_add(number * WORD)) {
            let mut word = [0_u8; WORD];
            // SAFETY: the kernel checks `place` and refuses it where nothing is mapped; what it copied is read back into
            // `word`. A word never fills the pipe, which is empty between two of them.
            let whole = unsafe {
                libc::write(self.write.as_raw_fd(), place as *const c_void, WORD) == WORD as isize
                    && libc::read(self.read.as_raw_fd(), word.as_mut_ptr().cast(), WORD) == WORD as isize
            };
            if !whole {
                break;
            }
            words.push(usize::from_ne_bytes(word));
        }
        words
    }
}
