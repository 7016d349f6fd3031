//! Findings and facts as something to read: a record of JSON, a report for people.
//!
//! A [`Record`] is all that is published of one handshake, a [`SetupRecord`] of a setup that failed before any. Everything that
//! is shown is shown from it, so a report made
//! while a server runs and one made next week from its log are the same words.

mod append;
mod card;
pub mod catalogue;
mod clients;
mod hello;
mod journal;
pub mod jsonl;
pub mod keylog;
pub(crate) mod page;
pub mod reader;
mod record;
mod remedies;
mod setup;
mod style;
pub mod text;
mod unbroken;

pub use card::{CardAttemptRecord, CardKeyRecord, CardRecord, CardSchemeRecord, CardVersionRecord};
pub use clients::{Clients, JoinedClients, Meeting, join_clients};
pub use hello::{ClientHelloRecord, client_hello};
pub use journal::Journal;
pub use record::{
    Advice, Alternative, AnswerRecord, CertificateRecord, CertificateRequestRecord, Certificates, Code,
    CompressionRecord, DiagnosisRecord, EarlierRecord, EventRecord, EvidenceRecord, ExtensionRecord,
    FindingRecord, LocalCertificateRecord, LocalRecord, NameConstraintsRecord, OfferRecord, PeerRecord,
    Process, Protocol, Record, RuledOut, TlsPeer, TlsRecord,
};
pub use setup::{Line, SetupErrorRecord, SetupRecord, setup_schema};

/// The JSON Schema of a [`Record`], as it is published in `schema/handshake-1.json`.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Record).to_value();
    if let Some(object) = schema.as_object_mut() {
        object.insert("$id".to_owned(), "urn:tlsdiag:schema:handshake-1".into());
    }
    schema
}
