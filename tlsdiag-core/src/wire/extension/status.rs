//! Proofs that certificates are not revoked: `status_request` (RFC 6066, section 8) and `status_request_v2` (RFC 6961).

use super::*;

/// `status_request` in each of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusRequest<'a> {
    /// A request for an OCSP response.
    Ocsp(OcspStatusRequest<'a>),
    /// A request for something that we do not know.
    Other {
        /// Its kind.
        kind: CertificateStatusType,
        /// The request.
        request: &'a [u8],
    },
    /// The answer beside a certificate in TLS 1.3.
    Response {
        /// Its kind.
        kind: CertificateStatusType,
        /// The response; DER for OCSP.
        response: &'a [u8],
    },
    /// An empty body: a server's promise to send a CertificateStatus.
    Acknowledged,
}

/// What an OCSP responder is to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspStatusRequest<'a> {
    /// DER ResponderIDs, each with a length of two bytes in front.
    pub responder_ids: &'a [u8],
    /// DER Extensions of the OCSP request.
    pub request_extensions: &'a [u8],
}

/// One of the statuses that `status_request_v2` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CertificateStatusRequestItem<'a> {
    /// Its kind.
    pub kind: CertificateStatusType,
    /// The request; of the form [`OcspStatusRequest`] for `ocsp` and `ocsp_multi`.
    pub request: &'a [u8],
}

impl<'a> StatusRequest<'a> {
    #[inline]
    pub(super) fn decode_in(body: &mut Reader<'a>, place: Place) -> Result<Self, WireError> {
        if body.is_empty() {
            return Ok(Self::Acknowledged);
        }
        let kind = CertificateStatusType(body.u8("status_type")?);
        match place {
            Place::Certificate => Ok(Self::Response { kind, response: body.bytes24("OCSPResponse")? }),
            _ if kind == CertificateStatusType::OCSP => OcspStatusRequest::decode(body).map(Self::Ocsp),
            _ => Ok(Self::Other { kind, request: body.rest() }),
        }
    }
}

impl<'a> Decode<'a> for OcspStatusRequest<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            responder_ids: reader.bytes16("responder_id_list")?,
            request_extensions: reader.bytes16("request_extensions")?,
        })
    }
}

impl<'a> Decode<'a> for CertificateStatusRequestItem<'a> {
    #[inline]
    fn decode(reader: &mut Reader<'a>) -> Result<Self, WireError> {
        Ok(Self {
            kind: CertificateStatusType(reader.u8("status_type")?),
            request: reader.bytes16("request")?,
        })
    }
}

#[inline]
pub(super) fn decode_v2<'a>(
    body: &mut Reader<'a>,
) -> Result<Sequence<'a, CertificateStatusRequestItem<'a>>, WireError> {
    if body.is_empty() {
        Ok(Sequence::default())
    } else {
        body.sub16("certificate_status_req_list")?.sequence()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_a_promise_and_an_answer() {
        let decode = |bytes, place| StatusRequest::decode_in(&mut Reader::new(bytes), place);
        let asked = OcspStatusRequest { responder_ids: &[], request_extensions: &[] };
        assert_eq!(decode(&[1, 0, 0, 0, 0], Place::ClientHello), Ok(StatusRequest::Ocsp(asked)));
        assert_eq!(decode(&[], Place::ServerHello), Ok(StatusRequest::Acknowledged));
        let answer = StatusRequest::Response { kind: CertificateStatusType::OCSP, response: &[8] };
        assert_eq!(decode(&[1, 0, 0, 1, 8], Place::Certificate), Ok(answer));
    }
}
