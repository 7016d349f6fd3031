use super::*;

fn failed(kind: SetupKind, errors: &[(i32, i32)]) -> SetupFailure {
    let mut failure =
        SetupFailure { kind, ..SetupFailure::new("SSL_CTX_function", std::time::SystemTime::UNIX_EPOCH) };
    let error = |&(library, reason): &(i32, i32)| LibraryError { library, reason, ..LibraryError::default() };
    failure.errors = errors.iter().map(error).collect();
    failure
}

fn cause(failure: &SetupFailure) -> Option<&'static str> {
    diagnose_setup(failure).map(|finding| finding.cause.code())
}

#[test]
fn reasons_decide() {
    use SetupKind::*;
    for (kind, errors, expected) in [
        (Key, &[(11, 116)][..], Some("config.key_mismatch")),
        (Key, &[(11, 115)], Some("config.key_mismatch")),
        (Certificate, &[(20, 399)], Some("config.security_level")),
        (Certificate, &[(20, 398)], Some("config.security_level")),
        (Certificate, &[(2, 2), (20, 524_290)], Some("config.file")),
        (Certificate, &[(2, 13), (20, 524_290)], Some("config.file")),
        (ReadCertificate, &[(9, 108)], Some("config.file")),
        (Trust, &[(11, 136)], Some("config.file")),
        (Trust, &[(9, 108), (11, 137)], Some("config.file")),
        (ReadPkcs12, &[(13, 168)], Some("config.file")),
        (ReadKey, &[(9, 104)], Some("config.key_locked")),
        (OpenPkcs12, &[(35, 113)], Some("config.key_locked")),
        (Key, &[(57, 100), (6, 100)], Some("config.key_locked")),
        (
            Key,
            &[(60, 524_556), (13, 102), (13, 524_554), (35, 101), (20, 524_297)],
            Some("config.key_locked"),
        ),
        (Ciphers, &[(20, 185)], Some("config.invalid_value")),
        (Context, &[(20, 161)], Some("config.invalid_value")),
        (Context, &[(20, 196)], None),
        (CheckKey, &[(20, 190)], None),
        (Certificate, &[(20, 1)], None),
    ] {
        assert_eq!(cause(&failed(kind, errors)), expected, "{kind:?} {errors:?}");
    }
}

#[test]
fn a_key_that_was_taken_away_is_another_ones() {
    let mut failure = failed(SetupKind::CheckKey, &[(20, 190)]);
    (failure.certificate_was_loaded, failure.key_was_loaded) = (true, true);
    assert_eq!(cause(&failure), Some("config.key_mismatch"));
    // One of another type lies beside no certificate.
    failure.errors[0].reason = 177;
    assert_eq!(cause(&failure), Some("config.key_mismatch"));
    failure.certificate_was_loaded = false;
    assert_eq!(cause(&failure), None);
}

#[test]
fn the_cipher_that_is_legacy_is_named() {
    let mut failure = failed(SetupKind::OpenPkcs12, &[(6, UNSUPPORTED)]);
    failure.errors[0].data =
        "Global default library context, Algorithm (RC2-40-CBC : 0), Properties ()".to_owned();
    failure.file = Some("old.p12".to_owned());
    let finding = diagnose_setup(&failure).expect("a finding");
    assert_eq!(finding.cause, Cause::ConfigKeyLocked);
    assert!(
        finding.summary.contains("RC2-40-CBC") && finding.summary.contains("old.p12"),
        "{}",
        finding.summary
    );
    assert!(finding.advice.iter().any(|advice| advice.line.contains("-legacy -in old.p12")));
    // The same in a certificate is no key that is locked.
    failure.kind = SetupKind::ReadCertificate;
    assert_eq!(cause(&failure), None);
}

#[test]
fn the_file_is_named_where_openssl_alone_names_it() {
    let mut failure = failed(SetupKind::Trust, &[(2, 2)]);
    failure.errors[0].data = "calling fopen(/etc/a, b.pem, r)".to_owned();
    let finding = diagnose_setup(&failure).expect("a finding");
    assert_eq!(finding.summary, "/etc/a, b.pem is not there.");
    assert!(
        finding.advice.iter().any(|advice| advice.line == "ls -l '/etc/a, b.pem'"),
        "{:?}",
        finding.advice
    );
}

#[test]
fn every_sentence_says_what_its_confidence_says() {
    use super::super::wording::agrees;
    for kind in [SetupKind::Key, SetupKind::OpenPkcs12, SetupKind::Trust, SetupKind::Ciphers] {
        for error in [(2, 2), (2, 13), (9, 108), (9, 104), (35, 113), (20, 399), (11, 116), (13, 1)] {
            if let Some(finding) = diagnose_setup(&failed(kind, &[error])) {
                assert!(agrees(finding.confidence, &finding.summary), "{}", finding.summary);
                assert!(!finding.advice.is_empty() && finding.side == Side::Local);
            }
        }
    }
}
