//! Certificate and CompressedCertificate messages become chains.

use super::Fold;
use crate::event::Role;
use crate::handshake::{At, Chain, Compression, NotUnpacked};
use crate::wire::{CertificateMessage, CertificateType, CompressedCertificate};

impl Fold {
    pub(super) fn chain(
        &mut self,
        number: u32,
        from_client: bool,
        certificate: &CertificateMessage<'_>,
        size: usize,
        compression: Option<Compression>,
    ) {
        let raw = self.dialect.certificate_type == Some(CertificateType::RAW_PUBLIC_KEY);
        let value = Chain { compression, ..Chain::read(certificate, size, raw) };
        let chain = Some(At { event: number, value });
        if from_client {
            self.handshake.client_chain = chain;
        } else {
            self.handshake.server_chain = chain;
        }
    }

    /// A CompressedCertificate is a Certificate (RFC 8879 §4).
    pub(super) fn compressed(
        &mut self,
        number: u32,
        from_client: bool,
        compressed: &CompressedCertificate<'_>,
        size: usize,
    ) {
        let body = match compressed.decompress() {
            Ok(body) => body,
            Err(error) => {
                let owner = if from_client { Role::Client } else { Role::Server };
                let value = NotUnpacked { owner, algorithm: compressed.algorithm, error };
                self.handshake.not_unpacked.push(At { event: number, value });
                return;
            }
        };
        match CertificateMessage::from_body(&body, &self.dialect) {
            Ok(certificate) => {
                self.chain(number, from_client, &certificate, size, Some(Compression::of(compressed)));
            }
            Err(error) => {
                let value = format!("in the unpacked Certificate, {error}");
                self.handshake.undecoded.push(At { event: number, value });
            }
        }
    }
}
