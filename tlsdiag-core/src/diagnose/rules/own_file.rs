//! A file of trusted certificates that the application loads in the midst of a handshake, as curl does, and that cannot be loaded.
//!
//! Needs: the error queue, in which the system's or the decoder's reason stands below that of `X509_load_cert_crl_file`.

use crate::diagnose::setup::diagnose_setup;
use crate::diagnose::{Cause, Finding, Rule};
use crate::event::setup::{SetupFailure, SetupKind};
use crate::event::{Direction, LibraryError};
use crate::handshake::Handshake;

pub(in crate::diagnose) const UNLOADED: Rule =
    Rule { name: "own_file::unloaded", find: unloaded, causes: || vec![Cause::ConfigFile] };

/// `ERR_LIB_X509`.
const X509: i32 = 11;
/// What `X509_load_cert_crl_file(3)` and its like leave: `ERR_R_SYS_LIB`, from 3.2 on `ERR_R_BIO_LIB`, of a file that cannot be opened;
/// `ERR_R_PEM_LIB` of one that cannot be read (each of 1.1.1, and of 3.0 and later); 135 to 137 of one without a certificate or CRL.
const REASONS: &[i32] = &[2, 2 | 2 << 18, 32, 32 | 2 << 18, 9, 9 | 2 << 18, 135, 136, 137];

fn unloaded(handshake: &Handshake) -> Option<Finding> {
    // Who minds an optional file no more goes on, and fails for something else, or not at all.
    let refused = handshake.verifications.iter().any(|verification| !verification.accepted);
    if handshake.outcome.kind.is_established() || refused || handshake.fatal_alert(Direction::Sent).is_some()
    {
        return None;
    }
    let is_load = |error: &LibraryError| error.library == X509 && REASONS.contains(&error.reason);
    let load = handshake.errors.iter().find(|error| is_load(error))?;
    let function = if load.function.is_empty() { "X509_load_cert_crl_file" } else { &load.function };
    let mut failure = SetupFailure::new(function, handshake.time);
    failure.kind = SetupKind::Store;
    failure.errors = handshake.errors.iter().map(|error| error.value.clone()).collect();
    let mut finding = diagnose_setup(&failure).filter(|finding| finding.cause == Cause::ConfigFile)?;
    finding.side = handshake.role.into();
    finding.evidence.iter_mut().for_each(|seen| seen.event = Some(load.event));
    Some(finding.explain(
        "The program loads the certificates that it trusts, and its CRLs, while the handshake goes on, and breaks it off.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Role;
    use crate::handshake::{At, Verification};

    fn client(errors: &[(i32, i32)]) -> Handshake {
        let mut handshake = Handshake::blank(Role::Client);
        let error = |&(library, reason): &(i32, i32)| At {
            event: 5,
            value: LibraryError { library, reason, ..LibraryError::default() },
        };
        handshake.errors = errors.iter().map(error).collect();
        handshake
    }

    #[test]
    fn a_missing_file_is_named_and_a_failed_read_of_a_socket_is_not() {
        let cause = |errors: &[(i32, i32)]| unloaded(&client(errors)).map(|finding| finding.cause);
        assert_eq!(cause(&[(2, 2), (32, 128), (X509, 524_290)]), Some(Cause::ConfigFile));
        assert_eq!(cause(&[(2, 2), (32, 128), (X509, 524_320)]), Some(Cause::ConfigFile));
        assert_eq!(cause(&[(X509, 136)]), Some(Cause::ConfigFile));
        assert_eq!(cause(&[(X509, 137)]), Some(Cause::ConfigFile));
        assert_eq!(cause(&[(2, 104)]), None);
        assert_eq!(cause(&[(2, 2)]), None);
    }

    /// A callback that looks for an optional file goes on without it.
    #[test]
    fn who_refuses_the_certificate_had_no_need_of_the_file() {
        let mut refused = client(&[(2, 2), (32, 128), (X509, 524_290)]);
        let value = Verification { depth: 0, ok: false, accepted: false, error: 10, certificate: None };
        refused.verifications.push(At { event: 4, value });
        assert_eq!(unloaded(&refused), None);
    }
}
