//! The libssl that Python's `ssl` module uses: found through the module itself, never linked.

use std::ffi::{CStr, CString, c_int, c_long, c_void};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tlsdiag_core::source::openssl::Symbols;

use crate::words;

/// The prototype that `SSL_CTX_set_msg_callback(3)` gives.
pub(crate) type MessageCallback =
    unsafe extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut c_void, *mut c_void);

/// Functions that check an `SSL_CTX` or put a message callback on it; core has the others.
pub(crate) struct Library {
    pub(crate) symbols: &'static Symbols,
    pub(crate) get_options: unsafe extern "C" fn(*const c_void) -> u64,
    pub(crate) get_verify_mode: unsafe extern "C" fn(*const c_void) -> c_int,
    pub(crate) ctrl: unsafe extern "C" fn(*mut c_void, c_int, c_long, *mut c_void) -> c_long,
    pub(crate) set_msg_callback: unsafe extern "C" fn(*mut c_void, Option<MessageCallback>),
    /// The addresses of the `SSL_METHOD`s that an `SSL_CTX` of Python's may have.
    pub(crate) methods: Vec<usize>,
    /// The file of the module `_ssl`; `None` where it is built into the interpreter.
    pub(crate) file: Option<String>,
}

/// The one library of this process's `_ssl`, or why there is none that can be used.
pub(crate) fn library(py: Python<'_>) -> PyResult<&'static Library> {
    static LIBRARY: PyOnceLock<Result<Library, String>> = PyOnceLock::new();
    match LIBRARY.get_or_init(py, || find(py)) {
        Ok(library) => Ok(library),
        Err(why) => Err(words::error(py, "UnsupportedLibrary", why)),
    }
}

fn find(py: Python<'_>) -> Result<Library, String> {
    let asked = |error: PyErr| format!("Python's ssl module cannot be looked at: {error}");
    let implementation = py.import("sys").and_then(|sys| sys.getattr("implementation")?.getattr("name"));
    let implementation: String = implementation.and_then(|name| name.extract()).map_err(asked)?;
    if implementation != "cpython" {
        return Err(format!(
            "this is {implementation}; the place of an SSLContext's SSL_CTX is known for CPython alone"
        ));
    }
    let config = py.import("sysconfig").and_then(|m| m.call_method1("get_config_var", ("Py_GIL_DISABLED",)));
    if config.and_then(|flag| flag.is_truthy()).map_err(asked)? {
        return Err("this is a free-threaded build of CPython, which is not supported yet".to_owned());
    }
    let module = py.import("_ssl").map_err(asked)?;
    let file: Option<String> = module.getattr("__file__").ok().and_then(|file| file.extract().ok());
    let path = match &file {
        Some(file) => Some(CString::new(file.as_str()).map_err(|_| "the path of _ssl has a NUL byte")?),
        None => None,
    };
    // SAFETY: RTLD_NOLOAD loads nothing: the module is imported and stays. A null path is the program itself, for
    // interpreters that have _ssl built in.
    let handle = unsafe {
        let path = path.as_ref().map_or(std::ptr::null(), |path| path.as_ptr());
        libc::dlopen(path, libc::RTLD_NOW | libc::RTLD_NOLOAD)
    };
    if handle.is_null() {
        return Err("Python's _ssl module cannot be found among the loaded libraries (dlopen)".to_owned());
    }
    let need = |name: &CStr| {
        // SAFETY: an open handle and a C string.
        let found = unsafe { libc::dlsym(handle, name.as_ptr()) };
        if found.is_null() {
            let name = name.to_string_lossy();
            return Err(format!(
                "Python's OpenSSL is linked statically and hides its functions ({name} is not to be found)"
            ));
        }
        Ok(found)
    };
    let methods = [
        c"TLS_method",
        c"TLS_client_method",
        c"TLS_server_method",
        c"TLSv1_method",
        c"TLSv1_1_method",
        c"TLSv1_2_method",
    ];
    // SAFETY: what dlsym finds under these names behind _ssl are OpenSSL's functions, whose prototypes are the same in 1.1.1,
    // 3.x and 4.x (SSL_CTX_get_options gave an unsigned long of the same width before 3.0). The method functions take
    // nothing and give the address of a constant.
    unsafe {
        let methods = methods.iter().filter_map(|name| {
            let function = libc::dlsym(handle, name.as_ptr());
            (!function.is_null())
                .then(|| std::mem::transmute::<*mut c_void, extern "C" fn() -> usize>(function)())
        });
        Ok(Library {
            methods: methods.collect(),
            get_options: std::mem::transmute::<*mut c_void, unsafe extern "C" fn(*const c_void) -> u64>(
                need(c"SSL_CTX_get_options")?,
            ),
            get_verify_mode: std::mem::transmute::<*mut c_void, unsafe extern "C" fn(*const c_void) -> c_int>(
                need(c"SSL_CTX_get_verify_mode")?,
            ),
            ctrl: std::mem::transmute::<
                *mut c_void,
                unsafe extern "C" fn(*mut c_void, c_int, c_long, *mut c_void) -> c_long,
            >(need(c"SSL_CTX_ctrl")?),
            set_msg_callback: std::mem::transmute::<
                *mut c_void,
                unsafe extern "C" fn(*mut c_void, Option<MessageCallback>),
            >(need(c"SSL_CTX_set_msg_callback")?),
            symbols: Symbols::from_handle(handle).map_err(|error| error.to_string())?,
            file,
        })
    }
}
