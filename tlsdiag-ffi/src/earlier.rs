//! What a handshake says of earlier ones of the same client.
#![allow(unsafe_code)]

use std::ffi::c_char;

use crate::boundary::{Sized_, given, place, room, run};
use crate::handshake::tlsdiag_handshake;
use crate::list::at;
use crate::status::tlsdiag_status;

/// What became of what was suspected of an earlier handshake of the same client. The strings live as long as the handshake that says it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct tlsdiag_earlier {
    /// sizeof(tlsdiag_earlier), set before the call.
    pub size: usize,
    /// The id of the earlier record.
    pub id: *const c_char,
    /// The code of the cause that was suspected.
    pub cause: *const c_char,
    /// "confirmed" or "withdrawn"; more may come.
    pub became: *const c_char,
    /// Why, in one clause.
    pub why: *const c_char,
}

// SAFETY: repr(C), the size first, pointers alone.
unsafe impl Sized_ for tlsdiag_earlier {
    const FIRST: usize = size_of::<Self>();
    const NAME: &'static str = "tlsdiag_earlier";
    fn empty() -> Self {
        let null = std::ptr::null();
        tlsdiag_earlier { size: size_of::<Self>(), id: null, cause: null, became: null, why: null }
    }
}

/// Of how many earlier handshakes of its client it says something: a server's that succeeds where others ended without a word takes
/// the suspicion away, or proves it.
///
/// # Safety
/// As for tlsdiag_handshake_outcome().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_earlier_count(
    handshake: *const tlsdiag_handshake,
    count: *mut usize,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, place(count, "count")?) };
        out.put(handshake.finished.view().earlier.len());
        Ok(())
    })
}

/// What it says of an earlier handshake, counted from 0. Set earlier->size first.
///
/// # Safety
/// As for tlsdiag_handshake_outcome(), and `earlier` is as long as its size says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tlsdiag_handshake_earlier(
    handshake: *const tlsdiag_handshake,
    index: usize,
    earlier: *mut tlsdiag_earlier,
) -> tlsdiag_status {
    run(|| {
        // SAFETY: promised by the caller.
        let (handshake, out) = unsafe { (given(handshake, "handshake")?, room(earlier, "earlier")?) };
        let [id, cause, became, why] = at(&handshake.finished.view().earlier, index, "earlier handshake")?;
        out.put(tlsdiag_earlier {
            size: 0,
            id: id.as_ptr(),
            cause: cause.as_ptr(),
            became: became.as_ptr(),
            why: why.as_ptr(),
        });
        Ok(())
    })
}
