//! The table of OpenSSL's functions, found by the linker or at run time, and the types that they
//! speak of.
//!
//! The prototypes are the same in 1.1.1, 3.x and 4.x; `openssl-sys` lacks about half of them.

use std::ffi::{CStr, c_char, c_int, c_long, c_uchar, c_ulong, c_void};

use crate::Error;

/// Opaque types of OpenSSL; we only ever hold pointers to them.
macro_rules! opaque {
    ($($name:ident)*) => { $(
        #[repr(C)]
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        pub(crate) struct $name { _opaque: [u8; 0] }
    )* };
}

opaque! { SSL SSL_CTX SSL_CIPHER BIO X509 X509_NAME X509_STORE X509_STORE_CTX X509_OBJECT X509_VERIFY_PARAM EVP_PKEY STACK }

pub(crate) type InfoCallback = unsafe extern "C" fn(*const SSL, c_int, c_int);
pub(crate) type VerifyCallback = unsafe extern "C" fn(c_int, *mut X509_STORE_CTX) -> c_int;
pub(crate) type SecurityCallback =
    unsafe extern "C" fn(*const SSL, *const SSL_CTX, c_int, c_int, c_int, *mut c_void, *mut c_void) -> c_int;
pub(crate) type KeylogCallback = unsafe extern "C" fn(*const SSL, *const c_char);
pub(crate) type MessageCallback =
    unsafe extern "C" fn(c_int, c_int, c_int, *const c_void, usize, *mut SSL, *mut c_void);
pub(crate) type BioCallback =
    unsafe extern "C" fn(*mut BIO, c_int, *const c_char, usize, c_int, c_long, c_int, *mut usize) -> c_long;
pub(crate) type ExNew =
    unsafe extern "C" fn(*mut c_void, *mut c_void, *mut c_void, c_int, c_long, *mut c_void);
pub(crate) type ExFree =
    unsafe extern "C" fn(*mut c_void, *mut c_void, *mut c_void, c_int, c_long, *mut c_void);
pub(crate) type ExDup =
    unsafe extern "C" fn(*mut c_void, *const c_void, *mut c_void, c_int, c_long, *mut c_void) -> c_int;

pub(crate) type PeekAll = unsafe extern "C" fn(
    *mut *const c_char,
    *mut c_int,
    *mut *const c_char,
    *mut *const c_char,
    *mut c_int,
) -> c_ulong;
pub(crate) type PeekLineData =
    unsafe extern "C" fn(*mut *const c_char, *mut c_int, *mut *const c_char, *mut c_int) -> c_ulong;
pub(crate) type PeekCode = unsafe extern "C" fn() -> c_ulong;

macro_rules! symbols {
    (
        required { $( fn $name:ident($($arg:ty),* $(,)?) $(-> $ret:ty)?; )* }
        optional { $( fn $opt:ident $(| $alias:ident)? ($($oarg:ty),* $(,)?) $(-> $oret:ty)?; )* }
    ) => {
        /// The bare function table.
        #[allow(non_snake_case)]
        pub(crate) struct Functions {
            $( pub(crate) $name: unsafe extern "C" fn($($arg),*) $(-> $ret)?, )*
            $( pub(crate) $opt: Option<unsafe extern "C" fn($($oarg),*) $(-> $oret)?>, )*
        }

        impl Functions {
            pub(crate) const REQUIRED: &[&str] = &[$( stringify!($name), )*];
            pub(crate) const OPTIONAL: &[&str] = &[$( stringify!($opt), $( stringify!($alias), )? )*];

            /// # Safety
            /// What `lookup` finds under a name must be OpenSSL's function of that name, and stay
            /// loaded.
            pub(crate) unsafe fn find(mut lookup: impl FnMut(&CStr) -> *mut c_void) -> Result<Self, Error> {
                Ok(Functions {
                    $( $name: {
                        let name = concat!(stringify!($name), "\0");
                        // SAFETY: a pointer to a function of this prototype, by the caller's
                        // promise; not null.
                        unsafe { cast(lookup(c_name(name))) }.ok_or_else(|| missing(stringify!($name)))?
                    }, )*
                    $( $opt: {
                        let found = lookup(c_name(concat!(stringify!($opt), "\0")));
                        $( let found = if found.is_null() {
                            lookup(c_name(concat!(stringify!($alias), "\0")))
                        } else { found }; )?
                        // SAFETY: as above; a null pointer gives None.
                        unsafe { cast(found) }
                    }, )*
                })
            }

            /// What the linker resolved; what not every version has is looked up in the library
            /// that it resolved to.
            #[cfg(feature = "linked")]
            pub(crate) fn linked() -> Self {
                mod link {
                    use super::*;
                    // Only for its instruction to link libssl and libcrypto.
                    use openssl_sys as _;
                    #[allow(clashing_extern_declarations)]
                    unsafe extern "C" {
                        $( pub(crate) fn $name($(_: $arg),*) $(-> $ret)?; )*
                    }
                }
                let mut lookup = linked_lookup(link::SSL_get_ex_data as *mut c_void);
                Functions {
                    $( $name: link::$name, )*
                    $( $opt: {
                        let found = lookup(c_name(concat!(stringify!($opt), "\0")));
                        $( let found = if found.is_null() {
                            lookup(c_name(concat!(stringify!($alias), "\0")))
                        } else { found }; )?
                        // SAFETY: found under OpenSSL's name in the very library that the linker
                        // chose.
                        unsafe { cast(found) }
                    }, )*
                }
            }
        }
    };
}

symbols! {
    required {
        fn CRYPTO_get_ex_new_index(c_int, c_long, *mut c_void, Option<ExNew>, Option<ExDup>, Option<ExFree>) -> c_int;
        fn CRYPTO_set_ex_data(*mut c_void, c_int, *mut c_void) -> c_int;
        fn SSL_get_ex_data(*const SSL, c_int) -> *mut c_void;
        fn SSL_set_ex_data(*mut SSL, c_int, *mut c_void) -> c_int;
        fn SSL_CTX_get_ex_data(*const SSL_CTX, c_int) -> *mut c_void;
        fn SSL_CTX_set_ex_data(*mut SSL_CTX, c_int, *mut c_void) -> c_int;
        fn SSL_ctrl(*mut SSL, c_int, c_long, *mut c_void) -> c_long;
        fn SSL_CTX_ctrl(*mut SSL_CTX, c_int, c_long, *mut c_void) -> c_long;
        fn SSL_set_msg_callback(*mut SSL, Option<MessageCallback>);
        fn SSL_CTX_set_msg_callback(*mut SSL_CTX, Option<MessageCallback>);
        fn SSL_set_info_callback(*mut SSL, Option<InfoCallback>);
        fn SSL_get_info_callback(*const SSL) -> Option<InfoCallback>;
        fn SSL_CTX_set_info_callback(*mut SSL_CTX, Option<InfoCallback>);
        fn SSL_CTX_get_info_callback(*mut SSL_CTX) -> Option<InfoCallback>;
        fn SSL_set_verify(*mut SSL, c_int, Option<VerifyCallback>);
        fn SSL_get_verify_callback(*const SSL) -> Option<VerifyCallback>;
        fn SSL_get_verify_mode(*const SSL) -> c_int;
        fn SSL_get_verify_depth(*const SSL) -> c_int;
        fn SSL_set_security_callback(*mut SSL, Option<SecurityCallback>);
        fn SSL_get_security_callback(*const SSL) -> Option<SecurityCallback>;
        fn SSL_CTX_get_security_callback(*const SSL_CTX) -> Option<SecurityCallback>;
        fn SSL_get_security_level(*const SSL) -> c_int;
        fn SSL_CTX_set_keylog_callback(*mut SSL_CTX, Option<KeylogCallback>);
        fn SSL_CTX_get_keylog_callback(*const SSL_CTX) -> Option<KeylogCallback>;
        fn SSL_get_SSL_CTX(*const SSL) -> *mut SSL_CTX;
        fn SSL_get_error(*const SSL, c_int) -> c_int;
        fn SSL_is_server(*const SSL) -> c_int;
        fn SSL_is_dtls(*const SSL) -> c_int;
        fn SSL_version(*const SSL) -> c_int;
        fn SSL_get_verify_result(*const SSL) -> c_long;
        fn SSL_session_reused(*const SSL) -> c_int;
        fn SSL_state_string_long(*const SSL) -> *const c_char;
        fn SSL_get_fd(*const SSL) -> c_int;
        fn SSL_get_rbio(*const SSL) -> *mut BIO;
        fn SSL_get_wbio(*const SSL) -> *mut BIO;
        fn SSL_get_certificate(*const SSL) -> *mut X509;
        fn SSL_get_privatekey(*const SSL) -> *mut EVP_PKEY;
        fn SSL_get_ciphers(*const SSL) -> *mut STACK;
        fn SSL_in_init(*const SSL) -> c_int;
        fn SSL_CIPHER_get_protocol_id(*const SSL_CIPHER) -> u16;
        fn SSL_get_client_CA_list(*const SSL) -> *mut STACK;
        fn SSL_get_options(*const SSL) -> c_ulong;
        fn SSL_get0_param(*mut SSL) -> *mut X509_VERIFY_PARAM;
        fn SSL_CTX_get_cert_store(*const SSL_CTX) -> *mut X509_STORE;
        fn SSL_CTX_get_client_cert_cb(*mut SSL_CTX) -> *mut c_void;
        fn SSL_get_ex_data_X509_STORE_CTX_idx() -> c_int;
        fn X509_STORE_CTX_get_ex_data(*const X509_STORE_CTX, c_int) -> *mut c_void;
        fn X509_STORE_CTX_get_error(*const X509_STORE_CTX) -> c_int;
        fn X509_STORE_CTX_get_error_depth(*const X509_STORE_CTX) -> c_int;
        fn X509_STORE_CTX_get_current_cert(*const X509_STORE_CTX) -> *mut X509;
        fn X509_STORE_CTX_get0_store(*const X509_STORE_CTX) -> *mut X509_STORE;
        fn X509_STORE_get_verify_cb(*const X509_STORE) -> Option<VerifyCallback>;
        fn X509_get_subject_name(*const X509) -> *mut X509_NAME;
        fn X509_get_issuer_name(*const X509) -> *mut X509_NAME;
        fn X509_NAME_cmp(*const X509_NAME, *const X509_NAME) -> c_int;
        fn X509_get0_pubkey(*const X509) -> *mut EVP_PKEY;
        fn X509_verify(*mut X509, *mut EVP_PKEY) -> c_int;
        fn X509_up_ref(*mut X509) -> c_int;
        fn X509_free(*mut X509);
        fn X509_check_private_key(*const X509, *const EVP_PKEY) -> c_int;
        fn X509_VERIFY_PARAM_get_flags(*const X509_VERIFY_PARAM) -> c_ulong;
        fn i2d_X509(*const X509, *mut *mut c_uchar) -> c_int;
        fn i2d_X509_NAME(*const X509_NAME, *mut *mut c_uchar) -> c_int;
        fn OPENSSL_sk_num(*const STACK) -> c_int;
        fn OPENSSL_sk_value(*const STACK, c_int) -> *mut c_void;
        fn OpenSSL_version(c_int) -> *const c_char;
        fn OpenSSL_version_num() -> c_ulong;
        fn BIO_set_callback_ex(*mut BIO, Option<BioCallback>);
        fn BIO_get_callback_ex(*const BIO) -> Option<BioCallback>;
        fn BIO_set_ex_data(*mut BIO, c_int, *mut c_void) -> c_int;
        fn BIO_get_ex_data(*const BIO, c_int) -> *mut c_void;
        fn BIO_test_flags(*const BIO, c_int) -> c_int;
        fn ERR_peek_error() -> c_ulong;
        fn ERR_peek_last_error() -> c_ulong;
        fn ERR_set_mark() -> c_int;
        fn ERR_pop_to_mark() -> c_int;
        fn ERR_clear_error();
        fn ERR_lib_error_string(c_ulong) -> *const c_char;
        fn ERR_reason_error_string(c_ulong) -> *const c_char;
    }
    optional {
        // Without them early data makes two handshakes of one.
        fn SSL_get_finished(*const SSL, *mut c_void, usize) -> usize;
        fn SSL_get_peer_finished(*const SSL, *mut c_void, usize) -> usize;
        fn SSL_get1_peer_certificate | SSL_get_peer_certificate(*const SSL) -> *mut X509;
        fn SSL_is_quic(*const SSL) -> c_int;
        fn SSL_CTX_get0_certificate(*const SSL_CTX) -> *mut X509;
        fn SSL_CTX_get_security_level(*const SSL_CTX) -> c_int;
        fn BIO_method_type(*const BIO) -> c_int;
        fn BIO_ctrl(*mut BIO, c_int, c_long, *mut c_void) -> c_long;
        fn SSL_get_shutdown(*const SSL) -> c_int;
        fn BIO_number_read(*mut BIO) -> u64;
        fn BIO_get_callback(*const BIO) -> *mut c_void;
        fn EVP_PKEY_get_base_id | EVP_PKEY_base_id(*const EVP_PKEY) -> c_int;
        fn EVP_PKEY_get_bits | EVP_PKEY_bits(*const EVP_PKEY) -> c_int;
        fn X509_VERIFY_PARAM_get0_host(*mut X509_VERIFY_PARAM, c_int) -> *const c_char;
        fn X509_VERIFY_PARAM_get1_ip_asc(*mut X509_VERIFY_PARAM) -> *mut c_char;
        fn X509_STORE_get0_objects(*const X509_STORE) -> *mut STACK;
        fn X509_STORE_lock(*mut X509_STORE) -> c_int;
        fn X509_STORE_unlock(*mut X509_STORE) -> c_int;
        fn X509_OBJECT_get0_X509(*const X509_OBJECT) -> *mut X509;
        fn ERR_get_state() -> *const c_void;
        fn ERR_count_to_mark() -> c_int;
        fn ERR_pop() -> c_int;
        fn OSSL_ERR_STATE_new() -> *mut c_void;
        fn OSSL_ERR_STATE_save_to_mark(*mut c_void);
        fn OSSL_ERR_STATE_restore(*const c_void);
        fn OSSL_ERR_STATE_free(*mut c_void);
        fn CRYPTO_free(*mut c_void, *const c_char, c_int);
        fn ERR_func_error_string(c_ulong) -> *const c_char;
        fn ERR_peek_error_all(*mut *const c_char, *mut c_int, *mut *const c_char, *mut *const c_char, *mut c_int) -> c_ulong;
        fn ERR_peek_last_error_all(*mut *const c_char, *mut c_int, *mut *const c_char, *mut *const c_char, *mut c_int) -> c_ulong;
        fn ERR_peek_error_line_data(*mut *const c_char, *mut c_int, *mut *const c_char, *mut c_int) -> c_ulong;
        fn ERR_peek_last_error_line_data(*mut *const c_char, *mut c_int, *mut *const c_char, *mut c_int) -> c_ulong;
    }
}

fn missing(name: &str) -> Error {
    Error::new(format!("the TLS library lacks the function {name}; OpenSSL 1.1.1 or later is needed"))
}

fn c_name(with_nul: &str) -> &CStr {
    CStr::from_bytes_with_nul(with_nul.as_bytes()).unwrap_or_default()
}

/// # Safety
/// `F` is a function pointer type, and `pointer` is null or a function of that type.
unsafe fn cast<F: Copy>(pointer: *mut c_void) -> Option<F> {
    const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
    // SAFETY: same size, asserted above; not null, and of that type by the caller's promise.
    (!pointer.is_null()).then(|| unsafe { std::mem::transmute_copy::<*mut c_void, F>(&pointer) })
}

/// Looks names up in the shared library that holds `known`; finds nothing where OpenSSL is linked
/// statically.
#[cfg(feature = "linked")]
fn linked_lookup(known: *mut c_void) -> impl FnMut(&CStr) -> *mut c_void {
    // SAFETY: dladdr only reads; the struct is plain data; the name it gives belongs to a library
    // that stays loaded, since this program is linked with it. RTLD_NOLOAD loads nothing; the
    // handle is kept for the life of the process.
    let handle = unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(known, &mut info) == 0 || info.dli_fname.is_null() {
            std::ptr::null_mut()
        } else {
            let handle = libc::dlopen(info.dli_fname, libc::RTLD_LAZY | libc::RTLD_NOLOAD);
            let same = !handle.is_null() && libc::dlsym(handle, c"SSL_get_ex_data".as_ptr()) == known;
            if same { handle } else { std::ptr::null_mut() }
        }
    };
    move |name| {
        if handle.is_null() {
            return std::ptr::null_mut();
        }
        // SAFETY: an open handle and a C string.
        unsafe { libc::dlsym(handle, name.as_ptr()) }
    }
}
