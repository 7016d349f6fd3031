//! The C programs of `tests/c`: as they are, under AddressSanitizer and UndefinedBehaviorSanitizer, and under Valgrind.

mod harness;

use harness::{Under, run};

macro_rules! programs {
    ($($name:ident)*) => { $(
        mod $name {
            use super::*;

            #[test]
            fn runs() {
                run(stringify!($name), Under::Nothing);
            }

            #[test]
            fn is_clean_under_sanitizers() {
                run(stringify!($name), Under::Sanitizers);
            }

            #[test]
            fn is_clean_under_valgrind() {
                run(stringify!($name), Under::Valgrind);
            }
        }
    )* };
}

programs! { before_tls callbacks forks handshakes nulls recorders setups table threads }
