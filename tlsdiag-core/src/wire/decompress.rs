//! What stands inside a CompressedCertificate (RFC 8879, section 4): the body of a Certificate message, unpacked within bounds.
//!
//! Each decompressor is pure Rust: hostile bytes never reach C. This is the one function of the decoder that allocates, and
//! nobody calls it while a handshake runs.

use std::fmt;
use std::io::Read;

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{FlushDecompress, Status};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::certificate::CompressedCertificate;
use super::code_points::CertificateCompressionAlgorithm;

/// No chain with a longer body is unpacked, in bytes. OpenSSL reads chains up to 100 kB unless it is told otherwise.
const LONGEST: u32 = 1024 * 1024;

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
        let fill = match self.algorithm {
            CertificateCompressionAlgorithm::ZLIB => fill_from_zlib,
            CertificateCompressionAlgorithm::BROTLI => fill_from_brotli,
            CertificateCompressionAlgorithm::ZSTD => fill_from_zstd,
            unknown => return Err(DecompressError::UnknownAlgorithm(unknown)),
        };
        let claimed_length = claimed as usize;
        // One byte more than there should be tells a body that is longer.
        let mut room = vec![0; claimed_length + 1];
        match fill(&mut room, self.message).ok_or(DecompressError::Corrupt(self.algorithm))? {
            length if length < claimed_length => Err(DecompressError::Shorter { claimed, unpacked: length }),
            length if length > claimed_length => Err(DecompressError::Longer { claimed }),
            length => {
                room.truncate(length);
                Ok(room)
            }
        }
    }
}

// Each of these fills `room` as far as the body goes, tells how far, and reads no further where it is full. `None` is a body that is
// corrupt or ends too early.

fn fill_from_zlib(room: &mut [u8], message: &[u8]) -> Option<usize> {
    let mut stream = flate2::Decompress::new(true);
    let status = stream.decompress(message, room, FlushDecompress::Finish).ok()?;
    let filled = usize::try_from(stream.total_out()).ok()?;
    (status == Status::StreamEnd || filled == room.len()).then_some(filled)
}

fn fill_from_brotli(room: &mut [u8], message: &[u8]) -> Option<usize> {
    // Strict: the windows of RFC 7932, up to 16 MiB. Larger ones are an extension that no TLS library reads.
    let memory = StandardAlloc::default;
    let mut state = BrotliState::new_strict(memory(), memory(), memory());
    let (mut unread, mut read) = (message.len(), 0);
    let (mut free, mut filled, mut total) = (room.len(), 0, 0);
    let result = BrotliDecompressStream(
        &mut unread,
        &mut read,
        message,
        &mut free,
        &mut filled,
        room,
        &mut total,
        &mut state,
    );
    (matches!(result, BrotliResult::ResultSuccess) || free == 0).then_some(filled)
}

/// Frames that follow one another are one body, as for libzstd, which takes nothing else behind a frame either.
fn fill_from_zstd(room: &mut [u8], mut message: &[u8]) -> Option<usize> {
    let mut filled = 0;
    while !message.is_empty() && filled < room.len() {
        filled += fill_from_frame(&mut room[filled..], &mut message)?;
    }
    Some(filled)
}

fn fill_from_frame(room: &mut [u8], message: &mut &[u8]) -> Option<usize> {
    let mut frame = FrameDecoder::new();
    // Whatever window a frame names, no more than `room` and a block is held: it is no reason to refuse it, and libzstd does not.
    frame.set_max_window_size(u64::MAX);
    match frame.init(&mut *message) {
        Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
            *message = message.get(length as usize..)?;
            return Some(0);
        }
        begun => begun.ok()?,
    }
    let finished = frame.decode_blocks(&mut *message, BlockDecodingStrategy::UptoBytes(room.len())).ok()?;
    if !finished {
        return Some(room.len());
    }
    let filled = frame.read(room).ok()?;
    (frame.can_collect() > 0 || is_as_told(&frame, filled)).then_some(filled)
}

/// Whether a frame has the length and the checksum that it states, where it states them. A stated length of 0 reads like none.
fn is_as_told(frame: &FrameDecoder, length: usize) -> bool {
    let checksum = frame.get_checksum_from_data();
    [0, length as u64].contains(&frame.content_size())
        && (checksum.is_none() || checksum == frame.get_calculated_checksum())
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
            for length in 0..message.len() {
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

    /// A frame of zstd with this header behind the magic number, and the empty Certificate as it is.
    fn frame(header: &[u8]) -> Vec<u8> {
        [&ZSTD[..4], header, &[4 << 3 | 1, 0, 0], EMPTY].concat()
    }

    #[test]
    fn decompress_zstd_frames_in_a_row_are_one_body() {
        let skipped = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 7, 7];
        assert_eq!(unpack(3, 8, &[ZSTD, &skipped, ZSTD].concat()).as_deref(), Ok(&[0; 8][..]));
        let corrupt = Err(DecompressError::Corrupt(CertificateCompressionAlgorithm::ZSTD));
        assert_eq!(unpack(3, 4, &[ZSTD, &[0; 8]].concat()), corrupt);
        assert_eq!(unpack(3, 4, &[ZSTD, &skipped[..9]].concat()), corrupt);
    }

    #[test]
    fn decompress_zstd_frame_of_another_length_than_it_states_is_corrupt() {
        assert_eq!(unpack(3, 4, &frame(&[0x20, 4])).as_deref(), Ok(EMPTY));
        let corrupt = Err(DecompressError::Corrupt(CertificateCompressionAlgorithm::ZSTD));
        assert_eq!(unpack(3, 4, &frame(&[0x20, 5])), corrupt);
    }

    #[test]
    fn decompress_zstd_frame_with_a_large_window_gives_the_body() {
        const TWO_GIB: u8 = 21 << 3;
        assert_eq!(unpack(3, 4, &frame(&[0, TWO_GIB])).as_deref(), Ok(EMPTY));
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
