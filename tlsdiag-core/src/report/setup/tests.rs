use super::*;
use crate::event::LibraryError;
use crate::report::jsonl;

fn failure() -> SetupFailure {
    let mut failure = SetupFailure::new("SSL_CTX_use_PrivateKey_file", SystemTime::UNIX_EPOCH);
    failure.file = Some("b.key".to_owned());
    failure.certificate_file = Some("a.pem".to_owned());
    let reason_text = "key values mismatch".to_owned();
    failure.errors = vec![LibraryError { library: 11, reason: 116, reason_text, ..LibraryError::default() }];
    failure
}

fn record(failure: &SetupFailure) -> SetupRecord {
    SetupRecord::from_process(failure, Process::new(7, Some("curl".to_owned())))
}

#[test]
fn a_line_is_read_as_what_it_is() {
    let record = record(&failure());
    let mut line = Vec::new();
    jsonl::write(&record, &mut line).unwrap();
    let line = String::from_utf8(line).unwrap();
    assert_eq!(jsonl::read(&line), Ok(Line::Setup(Box::new(record))));
    assert!(jsonl::read_line(&line).unwrap_err().to_string().contains("no handshake"));
    let schema = setup_schema();
    let value: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&value), "{line}");
}

#[test]
fn one_line_has_program_function_and_sentence() {
    assert_eq!(
        record(&failure()).one_line(),
        "config.key_mismatch (setup of curl, SSL_CTX_use_PrivateKey_file, certain): The private key in b.key is not that of the \
         certificate in a.pem."
    );
}

#[test]
fn what_no_rule_knows_is_told_in_the_librarys_words() {
    let mut unknown = failure();
    unknown.errors[0].reason = 1;
    let record = record(&unknown);
    assert_eq!(record.verdict(), "unexplained");
    assert!(
        record.one_line().ends_with("b.key: library 11: key values mismatch (1)"),
        "{}",
        record.one_line()
    );
    unknown.errors.clear();
    assert!(self::record(&unknown).one_line().ends_with("b.key: it failed without a word"));
}

#[test]
fn a_name_from_outside_is_inert() {
    let mut hostile = failure();
    hostile.file = Some("\u{1b}[2J.key".to_owned());
    let mut page = Vec::new();
    let record = record(&hostile);
    record.write(&mut page, Style::default()).unwrap();
    assert!(!page.contains(&0x1b) && !record.one_line().contains('\u{1b}'));
}
