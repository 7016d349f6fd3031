//! How our state comes into OpenSSL's objects, is copied with them, and ends with them: the three
//! functions of an ex_data index. The free function is the end of life on every version. Source:
//! `CRYPTO_get_ex_new_index(3)`.

use std::ffi::{c_int, c_long, c_void};
use std::ptr;
use std::sync::{Arc, OnceLock};

use super::super::state::bio::BioState;
use super::super::state::connection::ConnectionState;
use super::super::state::context::ContextState;
use super::super::state::fast;
use super::super::state::object_table::Found;
use super::super::sys::guard::{Errno, contain};
use super::super::sys::library::{ExCallbacks, table};

pub(crate) fn connection_callbacks() -> ExCallbacks {
    ExCallbacks { new: None, dup: Some(dup_connection), free: Some(free_connection) }
}

/// Contexts get their state when they are made, since later a thread may be using them.
pub(crate) fn context_callbacks() -> ExCallbacks {
    ExCallbacks { new: Some(new_context), dup: None, free: Some(free_context) }
}

pub(crate) fn bio_callbacks() -> ExCallbacks {
    ExCallbacks { new: None, dup: Some(dup_bio), free: Some(free_arc::<BioState>) }
}

/// The end of a connection. The `SSL` is half gone: nothing of it may be used here.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".text.hot.tlsdiag"))]
unsafe extern "C" fn free_connection(
    ssl: *mut c_void,
    data: *mut c_void,
    _ad: *mut c_void,
    _index: c_int,
    _number: c_long,
    _arg: *mut c_void,
) {
    // SAFETY: called once for each SSL.
    let Some(connection) = (unsafe { ConnectionState::unbind(data, ssl.cast()) }) else { return };
    let _errno = Errno::save();
    if !connection.has_fast_path(fast::OVER) {
        connection.enter(|handshake| handshake.freed(connection.symbols));
    }
    // A recorder may be dropped with the connection, and its Drop may panic.
    contain(|| ConnectionState::retire(connection));
}

/// `SSL_dup(3)` copies our hooks with the object, so the copy needs to know what stands behind them.
unsafe extern "C" fn dup_connection(
    _to: *mut c_void,
    _from: *const c_void,
    data: *mut c_void,
    _index: c_int,
    number: c_long,
    _arg: *mut c_void,
) -> c_int {
    let place = data.cast::<*mut c_void>();
    // SAFETY: OpenSSL gives the address of a pointer to the original's value, and stores in the
    // copy what we leave there. The original's connection lives as long as the original.
    unsafe {
        // What others have put there is copied as it is.
        let Found::Ours(original) = ConnectionState::of_original(*place) else { return 1 };
        let original = original.as_ref();
        let copy = table(number).and_then(|symbols| {
            contain(|| {
                let copy = ConnectionState::new(symbols, original.context.clone())?;
                copy.info.set(original.info.get());
                copy.chained.inherit(&original.chained);
                Some(ConnectionState::bind_copy(copy))
            })
        });
        *place = copy.flatten().unwrap_or(ptr::null_mut());
    }
    1
}

/// A copied BIO has our callback, so it needs to know which one stands behind it; it belongs to no
/// connection yet.
unsafe extern "C" fn dup_bio(
    _to: *mut c_void,
    _from: *const c_void,
    state: *mut c_void,
    _index: c_int,
    _number: c_long,
    _arg: *mut c_void,
) -> c_int {
    let place = state.cast::<*mut c_void>();
    // SAFETY: as for `dup_connection`; what lies at our index of a BIO is an Arc<BioState>.
    unsafe {
        let original = (*place).cast::<BioState>().as_ref();
        *place = ptr::null_mut();
        if let Some(original) = original {
            let copy = contain(|| Arc::into_raw(Arc::new(original.without_connection())));
            if let Some(copy) = copy {
                *place = copy.cast_mut().cast();
            }
        }
    }
    1
}

/// Only allocates: the object is being made and nothing of it may be used.
unsafe extern "C" fn new_context(
    context: *mut c_void,
    _value: *mut c_void,
    ad: *mut c_void,
    index: c_int,
    number: c_long,
    _arg: *mut c_void,
) {
    let Some(symbols) = table(number) else { return };
    contain(|| {
        let Some(state) = ContextState::new(context.cast()) else { return };
        // SAFETY: `ad` and `index` are the new object's, as CRYPTO_EX_new is documented.
        ContextState::bind(state, |data| unsafe { (symbols.f.CRYPTO_set_ex_data)(ad, index, data) } == 1);
    });
}

/// Who is told that a context ends.
static FREED: OnceLock<fn(*const c_void)> = OnceLock::new();

/// Has `tell` called with the address of each context that ends. The context is half gone: it is not to be used.
pub fn on_context_freed(tell: fn(*const c_void)) {
    // The first one stays: there is one interposer in a process.
    let _ = FREED.set(tell);
}

/// The end of a context, likewise.
unsafe extern "C" fn free_context(
    context: *mut c_void,
    data: *mut c_void,
    _ad: *mut c_void,
    _index: c_int,
    _number: c_long,
    _arg: *mut c_void,
) {
    let _errno = Errno::save();
    if let Some(tell) = FREED.get() {
        contain(|| tell(context));
    }
    // SAFETY: called once for each SSL_CTX.
    contain(|| drop(unsafe { ContextState::unbind(data, context.cast()) }));
}

unsafe extern "C" fn free_arc<T>(
    _object: *mut c_void,
    value: *mut c_void,
    _ad: *mut c_void,
    _index: c_int,
    _number: c_long,
    _arg: *mut c_void,
) {
    if value.is_null() {
        return;
    }
    let _errno = Errno::save();
    // SAFETY: an Arc<T> was put there by the setter of this index (`context_callbacks`,
    // `bio_callbacks`), and it is given back exactly once.
    contain(|| drop(unsafe { Arc::from_raw(value.cast::<T>().cast_const()) }));
}
