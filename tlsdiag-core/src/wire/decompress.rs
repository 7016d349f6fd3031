//! What stands inside a CompressedCertificate (RFC 8879, section 4): the body of a Certificate message, unpacked within bounds.
//!
//! Each decompressor is pure Rust: hostile bytes never reach C. This is the one function of the decoder that allocates, and
//! nobody calls it while a handshake runs.

use std::fmt;
use std::io::{self, Read};

use ruzstd::decoding::StreamingDecoder;

use super::certificate::CompressedCertificate;
use super::code_points::CertificateCompressionAlgorithm;

/// No chain with a longer body is unpacked, in bytes. OpenSSL reads chains up to 100 kB unless it is told otherwise.
const LONGEST: u32 = 1024 * 1024;
/// The largest window that a zstd frame may ask for: what RFC 8878, section 3.1.1.1.2, wants every decoder to support.
const ZSTD_WINDOW: u64 = 8 * 1024 * 1024;

/// Why a compressed Certificate could not be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecompressError {
    /// The message says that it unpacks to more bytes than we unpack. It may be in order.
    TooLong {
        /// The length that it claims, in bytes.
        claimed: u32,
    },
    /// No algorithm of RFC 8879, section 7.3.
    UnknownAlgorithm(CertificateCompressionAlgorithm),
    /// The body is not what its algorithm makes, or it ends too early.
    Corrupt(CertificateCompressionAlgorithm),
    /// It unpacks to fewer bytes than the message says.
    Shorter {
        /// The length that the message claims, in bytes.
        claimed: u32,
        /// The length that it has, in bytes.
        unpacked: usize,
    },
    /// It unpacks to more bytes than the message says; the rest was not unpacked.
    Longer {
        /// The length that the message claims, in bytes.
        claimed: u32,
    },
}

impl CompressedCertificate<'_> {
    /// The body of the Certificate message, in the form of TLS 1.3 (RFC 8446, section 4.4.2): at most 1 MiB, and never more
    /// than the message says.
    pub fn decompress(&self) -> Result<Vec<u8>, DecompressError> {
        let claimed = self.uncompressed_length;
        if claimed > LONGEST {
            return Err(DecompressError::TooLong { claimed });
        }
        // One byte more than there should be tells a body that is longer.
        let limit = u64::from(claimed) + 1;
        let unpacked = match self.algorithm {
            CertificateCompressionAlgorithm::ZLIB => {
                read(flate2::read::ZlibDecoder::new(self.message), limit)
            }
            CertificateCompressionAlgorithm::BROTLI => {
                read(brotli_decompressor::Decompressor::new(self.message, self.message.len().max(1)), limit)
            }
            CertificateCompressionAlgorithm::ZSTD => read_zstd(self.message, limit),
            unknown => return Err(DecompressError::UnknownAlgorithm(unknown)),
        }
        .map_err(|_| DecompressError::Corrupt(self.algorithm))?;
        match unpacked.len() {
            length if length == claimed as usize => Ok(unpacked),
            length if length > claimed as usize => Err(DecompressError::Longer { claimed }),
            length => Err(DecompressError::Shorter { claimed, unpacked: length }),
        }
    }
}

fn read(decoder: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    decoder.take(limit).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

fn read_zstd(message: &[u8], limit: u64) -> io::Result<Vec<u8>> {
    let mut decoder =
        StreamingDecoder::new_with_max_window_size(message, ZSTD_WINDOW).map_err(io::Error::other)?;
    let unpacked = read(&mut decoder, limit)?;
    let frame = decoder.into_frame_decoder();
    let told = frame.get_checksum_from_data();
    if frame.is_finished() && told.is_some() && told != frame.get_calculated_checksum() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(unpacked)
}

impl DecompressError {
    /// Whether the message itself is at fault, and not what we are ready to do.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::TooLong { .. })
    }
}

impl fmt::Display for DecompressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { claimed } => {
                write!(f, "not unpacked: it claims {claimed} bytes, and {LONGEST} at most are unpacked")
            }
            Self::UnknownAlgorithm(algorithm) => {
                write!(f, "the compression algorithm {algorithm} is not defined by RFC 8879")
            }
            Self::Corrupt(algorithm) => write!(f, "the compressed body is not valid {algorithm}"),
            Self::Shorter { claimed, unpacked } => {
                write!(f, "the compressed body unpacks to {unpacked} bytes, and the message claims {claimed}")
            }
            Self::Longer { claimed } => {
                write!(
                    f,
                    "the compressed body unpacks to more than the {claimed} bytes that the message claims"
                )
            }
        }
    }
}

impl std::error::Error for DecompressError {}

#[cfg(test)]
mod tests {
    use super::*;

    // The body of an empty Certificate, as the usual encoders pack it.
    const EMPTY: &[u8] = &[0; 4];
    const ZLIB: &[u8] = &[0x78, 0x9c, 0x63, 0x60, 0x60, 0x60, 0, 0, 0, 4, 0, 1];
    const BROTLI: &[u8] = &[0x8b, 0x01, 0x80, 0, 0, 0, 0, 0x03];
    const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x21, 0, 0, 0, 0, 0, 0, 0xb4, 0xde, 0xf2, 0x5c];

    fn unpack(algorithm: u16, uncompressed_length: u32, message: &[u8]) -> Result<Vec<u8>, DecompressError> {
        let algorithm = CertificateCompressionAlgorithm(algorithm);
        CompressedCertificate { algorithm, uncompressed_length, message }.decompress()
    }

    #[test]
    fn decompress_each_algorithm_gives_the_body() {
        for (algorithm, message) in [(1, ZLIB), (2, BROTLI), (3, ZSTD)] {
            assert_eq!(unpack(algorithm, 4, message).as_deref(), Ok(EMPTY), "{algorithm}");
        }
    }

    #[test]
    fn decompress_wrong_length_says_both_lengths() {
        for (algorithm, message) in [(1, ZLIB), (2, BROTLI), (3, ZSTD)] {
            let shorter = DecompressError::Shorter { claimed: 5, unpacked: 4 };
            assert_eq!(unpack(algorithm, 5, message), Err(shorter), "{algorithm}");
            let longer = DecompressError::Longer { claimed: 3 };
            assert_eq!(unpack(algorithm, 3, message), Err(longer), "{algorithm}");
        }
    }

    #[test]
    fn decompress_truncated_body_is_corrupt() {
        for (algorithm, message) in [(1, ZLIB), (2, BROTLI), (3, ZSTD)] {
            for length in 0..message.len() - 4 {
                let result = unpack(algorithm, 4, &message[..length]);
                assert!(result.as_ref().is_err_and(DecompressError::is_fault), "{algorithm} {length}");
            }
        }
    }

    #[test]
    fn decompress_altered_body_is_corrupt() {
        for (algorithm, message) in [(1, ZLIB), (3, ZSTD)] {
            let mut altered = message.to_vec();
            *altered.last_mut().unwrap() ^= 1;
            let error = DecompressError::Corrupt(CertificateCompressionAlgorithm(algorithm));
            assert_eq!(unpack(algorithm, 4, &altered), Err(error));
        }
    }

    #[test]
    fn decompress_unknown_algorithm_is_named_by_its_number() {
        let error = unpack(0x4a, 4, ZLIB).unwrap_err();
        assert!(error.to_string().contains("0x004a"), "{error}");
    }

    #[test]
    fn decompress_beyond_the_limit_is_not_tried() {
        let error = unpack(1, LONGEST + 1, ZLIB).unwrap_err();
        assert_eq!(error, DecompressError::TooLong { claimed: LONGEST + 1 });
        assert!(!error.is_fault());
    }
}
