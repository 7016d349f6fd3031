//! The border with C: panics stop here, NULL is found by name, results are written on success alone.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char};
use std::mem::{ManuallyDrop, size_of};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::status::Failure;
use crate::status::tlsdiag_status::{self, *};

/// Runs the body of a function of the header.
pub(crate) fn run(body: impl FnOnce() -> Result<(), Failure>) -> tlsdiag_status {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => TLSDIAG_OK,
        Ok(Err(failure)) => failure.report(),
        Err(payload) => {
            let said = payload.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
            let failure = Failure::new(TLSDIAG_INTERNAL, format!("a bug in tlsdiag: {said}"));
            // Dropping a payload can panic as well, and is not worth it.
            std::mem::forget(payload);
            failure.report()
        }
    }
}

/// The body of a function that gives nothing back, such as `_free`.
pub(crate) fn contain(body: impl FnOnce()) {
    let _ = run(|| {
        body();
        Ok(())
    });
}

pub(crate) fn null(name: &str) -> Failure {
    Failure::new(TLSDIAG_NULL_ARGUMENT, format!("{name} is NULL"))
}

/// What an argument points at.
///
/// # Safety
/// `pointer` is null or points at a live T that nobody changes for `'a`.
pub(crate) unsafe fn given<'a, T>(pointer: *const T, name: &str) -> Result<&'a T, Failure> {
    // SAFETY: as promised.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// A place for a result.
pub(crate) struct Place<T>(*mut T);

impl<T> Place<T> {
    pub(crate) fn put(self, value: T) {
        // SAFETY: not null, and `place`'s caller promises room for a T.
        unsafe { self.0.write(value) };
    }
}

/// The place that an argument names for a result.
///
/// # Safety
/// `pointer` is null or has room for a T.
pub(crate) unsafe fn place<T>(pointer: *mut T, name: &str) -> Result<Place<T>, Failure> {
    if pointer.is_null() { Err(null(name)) } else { Ok(Place(pointer)) }
}

/// A C string in UTF-8.
///
/// # Safety
/// `pointer` is null or a C string that nobody changes for `'a`.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str, Failure> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: as promised.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|_| Failure::new(TLSDIAG_BAD_VALUE, format!("{name} is not UTF-8")))
}

/// So many bytes.
///
/// # Safety
/// `pointer` is null or points at `length` bytes that nobody changes for `'a`.
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, length: usize, name: &str) -> Result<&'a [u8], Failure> {
    if pointer.is_null() {
        return Err(null(name));
    }
    if isize::try_from(length).is_err() {
        return Err(Failure::new(TLSDIAG_BAD_VALUE, format!("the length of {name} cannot be")));
    }
    // SAFETY: as promised, and no longer than a slice may be.
    Ok(unsafe { std::slice::from_raw_parts(pointer, length) })
}

/// A struct of the header: plain data that begins with its size, and whose default is all that a caller need not set.
///
/// # Safety
/// `repr(C)`, the first field is `size: usize`, there is no padding, and every bit pattern is a value.
pub(crate) unsafe trait Sized_: Copy {
    /// The size that it had in the first version of the header; it only grows.
    const FIRST: usize;
    const NAME: &'static str;
    /// All zero, with the size set.
    fn empty() -> Self;
}

/// No struct of ours will ever be larger.
const LARGEST: usize = 4096;

/// The size at the head of a caller's struct, if it can be.
///
/// # Safety
/// `pointer` points at a struct that begins with its size, and is as long as that says.
unsafe fn size<T: Sized_>(pointer: *const T) -> Result<usize, Failure> {
    // SAFETY: as promised.
    let size = unsafe { pointer.cast::<usize>().read_unaligned() };
    if (T::FIRST..=LARGEST).contains(&size) {
        return Ok(size);
    }
    let (name, known) = (T::NAME, size_of::<T>());
    Err(Failure::new(
        TLSDIAG_BAD_SIZE,
        format!("size of {name} is {size}, and it must be sizeof({name}), which is {known} in this version"),
    ))
}

/// Reads a caller's struct, which may be older and shorter than ours, or newer and longer with nothing set that we do not
/// know.
///
/// # Safety
/// As for [`size`], or null.
pub(crate) unsafe fn options<T: Sized_>(pointer: *const T) -> Result<T, Failure> {
    let mut options = T::empty();
    if pointer.is_null() {
        return Ok(options);
    }
    // SAFETY: the struct is as long as its size says; T takes any bytes, and we write no more than there are in a T.
    unsafe {
        let size = size(pointer)?;
        let known = size.min(size_of::<T>());
        let rest = std::slice::from_raw_parts(pointer.cast::<u8>().add(known), size - known);
        if rest.iter().any(|byte| *byte != 0) {
            let name = T::NAME;
            return Err(Failure::new(
                TLSDIAG_BAD_SIZE,
                format!("{name} sets something that this version of tlsdiag does not know"),
            ));
        }
        std::ptr::copy_nonoverlapping(pointer.cast::<u8>(), (&raw mut options).cast::<u8>(), known);
    }
    Ok(options)
}

/// A caller's struct for results: its size is known, so that no more is written than it has room for.
pub(crate) struct Room<T: Sized_> {
    pointer: *mut T,
    size: usize,
}

/// The caller's struct for results.
///
/// # Safety
/// `pointer` is null, or as for [`size`] and writable.
pub(crate) unsafe fn room<T: Sized_>(pointer: *mut T, name: &str) -> Result<Room<T>, Failure> {
    if pointer.is_null() {
        return Err(null(name));
    }
    // SAFETY: as promised.
    let size = unsafe { size(pointer.cast_const()) }?;
    Ok(Room { pointer, size })
}

impl<T: Sized_> Room<T> {
    /// Writes what there is room for, zeroes what we do not know, and leaves the size as it is.
    pub(crate) fn put(self, value: T) {
        let value = ManuallyDrop::new(value);
        let (from, to) = ((&raw const value).cast::<u8>(), self.pointer.cast::<u8>());
        let (head, known) = (size_of::<usize>(), self.size.min(size_of::<T>()));
        // SAFETY: `room`'s caller promises `size` bytes; both ranges lie within them, and `known` within a T.
        unsafe {
            std::ptr::copy_nonoverlapping(from.add(head), to.add(head), known - head);
            to.add(known).write_bytes(0, self.size - known);
        }
    }
}
