import { crc32, deflateSync, inflateSync } from "node:zlib";

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const mostColours = 256;
const bytesEach = 3;

/** The same picture in 256 colours at most: a page has few, and only the edges of its letters have more. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, pixels } = pixelsOf(png);
  const palette = paletteOf(pixels);
  const indexOf = nearestIn(palette);
  const rows = Buffer.alloc(height * (width + 1));
  for (let at = 0; at < width * height; at += 1) {
    const row = Math.floor(at / width);
    rows[row * (width + 1) + 1 + (at % width)] = indexOf(pixels.readUIntBE(at * bytesEach, 3));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const colours = Buffer.concat(palette.map((colour) => bytesOf(colour)));
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Of a picture as the browser writes it: red, green and blue, not interlaced. */
function pixelsOf(png: Buffer) {
  const chunks = chunksOf(png);
  const header = chunks.find(({ type }) => type === "IHDR")?.data ?? Buffer.alloc(13);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (header[8] !== 8 || header[9] !== 2) throw new Error("not a picture of three bytes a point");
  const data = chunks.filter(({ type }) => type === "IDAT").map((each) => each.data);
  const lines = inflateSync(Buffer.concat(data));
  const stride = width * bytesEach;
  const pixels = Buffer.alloc(height * stride);
  for (let y = 0; y < height; y += 1) {
    const filter = lines[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < bytesEach ? 0 : (pixels[at - bytesEach] ?? 0);
      const up = y === 0 ? 0 : (pixels[at - stride] ?? 0);
      const corner = x < bytesEach || y === 0 ? 0 : (pixels[at - stride - bytesEach] ?? 0);
      const value = lines[y * (stride + 1) + 1 + x] ?? 0;
      pixels[at] = value + foretold(filter, left, up, corner);
    }
  }
  return { width, height, pixels };
}

function foretold(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return Math.floor((left + up) / 2);
  if (filter !== 4) return 0;
  const guess = left + up - corner;
  const far = [left, up, corner].map((each) => Math.abs(guess - each));
  const [byLeft = 0, byUp = 0, byCorner = 0] = far;
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

/** The colours that are seen most. */
function paletteOf(pixels: Buffer): readonly number[] {
  const times = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += bytesEach) {
    const colour = pixels.readUIntBE(at, 3);
    times.set(colour, (times.get(colour) ?? 0) + 1);
  }
  const byTimes = [...times].toSorted(([a, n], [b, m]) => m - n || a - b);
  return byTimes.slice(0, mostColours).map(([colour]) => colour);
}

function nearestIn(palette: readonly number[]): (colour: number) => number {
  const known = new Map(palette.map((colour, n) => [colour, n]));
  const parts = palette.map(bytesOf);
  return (colour) => {
    const found = known.get(colour);
    if (found !== undefined) return found;
    const wanted = bytesOf(colour);
    const far = parts.map((each) =>
      each.reduce((sum, part, n) => sum + (part - (wanted[n] ?? 0)) ** 2, 0),
    );
    const nearest = far.indexOf(Math.min(...far));
    known.set(colour, nearest);
    return nearest;
  };
}

function bytesOf(colour: number): Buffer {
  const bytes = Buffer.alloc(bytesEach);
  bytes.writeUIntBE(colour, 0, bytesEach);
  return bytes;
}

function chunksOf(png: Buffer): readonly { readonly type: string; readonly data: Buffer }[] {
  const found = [];
  for (let at = signature.length; at < png.length;) {
    const size = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    found.push({ type, data: png.subarray(at + 8, at + 8 + size) });
    at += size + 12;
  }
  return found;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const sizes = Buffer.alloc(4);
  sizes.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([sizes, named, check]);
}
