/**
 * The checksum of POSIX `cksum`: the one that every sh can compute without installing anything.
 *
 * @module
 */

/** CRC-32 of the polynomial 04C11DB7, most significant bit first, for each first byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});

/** What `cksum < file` prints: the checksum, a space, the size in bytes. */
export function cksum(bytes: Uint8Array): string {
  let crc = 0;
  for (let index = 0; index < bytes.length; index++) crc = next(crc, bytes[index]!);
  // The length belongs to the sum, least significant byte first, without leading zeros.
  for (let rest = bytes.length; rest > 0; rest = Math.floor(rest / 256)) {
    crc = next(crc, rest % 256);
  }
  return `${~crc >>> 0} ${bytes.length}`;
}

function next(crc: number, byte: number): number {
  return (crc << 8) ^ TABLE[(crc >>> 24) ^ byte]!;
}
