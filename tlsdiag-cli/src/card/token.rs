//! A token: its names, its mechanisms, what lies on it, and the way in.

use std::path::PathBuf;

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error as Refusal, RvError};
use cryptoki::mechanism::MechanismType;
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use tlsdiag_core::wire::x509::Certificate;

use super::refusal;
use crate::error::Error;
use crate::secret::Secret;

/// A token in its slot.
pub(super) struct Token {
    pub(super) module: PathBuf,
    functions: Pkcs11,
    slot: Slot,
    pub(super) facts: TokenInfo,
}

/// A certificate of a token, and its key if that was seen.
pub(super) struct Held {
    pub(super) id: Vec<u8>,
    pub(super) label: String,
    pub(super) der: Vec<u8>,
    pub(super) certificate: Certificate,
}

/// A private key of a token.
pub(super) struct Key {
    pub(super) handle: ObjectHandle,
    pub(super) label: String,
    /// CKA_SIGN.
    pub(super) signs: bool,
    /// CKA_ALWAYS_AUTHENTICATE.
    pub(super) asks_each_time: bool,
}

impl Token {
    pub(super) fn new(module: PathBuf, functions: Pkcs11, slot: Slot, facts: TokenInfo) -> Self {
        Token { module, functions, slot, facts }
    }

    pub(super) fn label(&self) -> &str {
        self.facts.label()
    }

    pub(super) fn slot(&self) -> u64 {
        self.slot.id()
    }

    /// The mechanisms that sign with a private key.
    pub(super) fn mechanisms(&self) -> Result<Vec<String>, Error> {
        let listed = self
            .functions
            .get_mechanism_list(self.slot)
            .map_err(|cause| self.wrong("lists no mechanisms", &cause))?;
        let signs = |kind: &MechanismType| {
            self.functions.get_mechanism_info(self.slot, *kind).is_ok_and(|facts| facts.sign())
        };
        let names = listed.into_iter().filter(signs).map(|kind| kind.to_string());
        // HMACs and the like sign, too.
        Ok(names.filter(|name| name.contains("RSA") || name.contains("DSA")).collect())
    }

    pub(super) fn open(&self) -> Result<Session, Error> {
        self.functions.open_ro_session(self.slot).map_err(|cause| self.wrong("opens no session", &cause))
    }

    /// Gives the PIN, once; on a PIN pad nothing.
    pub(super) fn log_in(&self, session: &Session, pin: Option<&Secret>) -> Result<(), Error> {
        let pin = pin.map(|pin| AuthPin::new(pin.as_str().into()));
        match session.login(UserType::User, pin.as_ref()) {
            Ok(()) | Err(Refusal::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(Refusal::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                Err(Error::new(format!(
                    "the token {} does not take this PIN; it is not tried again, since a card locks itself after a few wrong ones",
                    self.label()
                )))
            }
            Err(Refusal::Pkcs11(RvError::PinLocked, _)) => Err(Error::new(format!(
                "the PIN of the token {} is locked: its PUK unlocks it",
                self.label()
            ))),
            Err(cause) => Err(self.wrong("refuses the login", &cause)),
        }
    }

    /// Its certificates, which may be read without a PIN on most cards.
    pub(super) fn certificates(&self, session: &Session) -> Result<Vec<Held>, Error> {
        let wanted =
            [Attribute::Class(ObjectClass::CERTIFICATE), Attribute::CertificateType(CertificateType::X_509)];
        let found =
            session.find_objects(&wanted).map_err(|cause| self.wrong("lists no certificates", &cause))?;
        let asked = [AttributeType::Id, AttributeType::Label, AttributeType::Value];
        let mut held = Vec::new();
        for handle in found {
            let facts = session
                .get_attributes(handle, &asked)
                .map_err(|cause| self.wrong("gives no certificate", &cause))?;
            let (mut id, mut label, mut der) = (Vec::new(), String::new(), Vec::new());
            for fact in facts {
                match fact {
                    Attribute::Id(bytes) => id = bytes,
                    Attribute::Label(bytes) => label = String::from_utf8_lossy(&bytes).into_owned(),
                    Attribute::Value(bytes) => der = bytes,
                    _ => {}
                }
            }
            let certificate = Certificate::parse(&der);
            held.push(Held { id, label, der, certificate });
        }
        Ok(held)
    }

    /// The private key of a certificate: the one with its CKA_ID.
    pub(super) fn key(&self, session: &Session, id: &[u8]) -> Result<Option<Key>, Error> {
        let wanted = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Id(id.to_vec())];
        let found =
            session.find_objects(&wanted).map_err(|cause| self.wrong("lists no private keys", &cause))?;
        let Some(handle) = found.first().copied() else { return Ok(None) };
        let mut key = Key { handle, label: String::new(), signs: true, asks_each_time: false };
        let asked = [AttributeType::Label, AttributeType::Sign, AttributeType::AlwaysAuthenticate];
        let facts = session
            .get_attributes(handle, &asked)
            .map_err(|cause| self.wrong("says nothing of its key", &cause))?;
        for fact in facts {
            match fact {
                Attribute::Label(bytes) => key.label = String::from_utf8_lossy(&bytes).into_owned(),
                Attribute::Sign(may) => key.signs = may,
                Attribute::AlwaysAuthenticate(asks) => key.asks_each_time = asks,
                _ => {}
            }
        }
        Ok(Some(key))
    }

    fn wrong(&self, what: &str, cause: &Refusal) -> Error {
        Error::new(format!("the token {} {what}: {}", self.label(), refusal(cause)))
    }
}
