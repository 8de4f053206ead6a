/**
 * A chosen file as a photo [S24]: decoded upright, at most PHOTO_SIDE long, encoded anew as JPEG with nothing but the
 * picture in it, and a thumbnail. Runs in the worker, or in the page where there is none.
 */
import { imageSize } from 'image-size'
import { PHOTO_SIDE } from '../domain/blobs.ts'
import { hexOf } from '../domain/hex.ts'
import { stripJpeg } from '../domain/jpeg.ts'
import { type Result, err, ok } from '../domain/result.ts'
import type { PhotoProblem, ShrunkPhoto } from '../sync/photoPorts.ts'

type Problem = { readonly type: PhotoProblem }
export type Shrunk = Result<ShrunkPhoto, Problem>

/** Largest file a person may choose: cameras of 50 megapixels write up to 25 MB. It lies in memory while it is read. */
const MAX_SOURCE_BYTES = 40 * 1024 * 1024
/** Most pixels of it: decoded, each takes four bytes, 320 MB in all. Cameras of 64 megapixels stay below. */
const MAX_SOURCE_PIXELS = 80_000_000
const THUMB_SIDE = 240
const PICTURE_QUALITY = 0.82
const THUMB_QUALITY = 0.75
/** Brands of HEIF files (ISO 23008-12). */
const HEIC = /^ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)/

export async function shrink(file: Blob): Promise<Shrunk> {
  const read = await decode(file)
  if (!read.ok) return read
  const decoded = read.value
  try {
    const size = fitting(decoded, PHOTO_SIDE)
    const picture = await encode(decoded, size, PICTURE_QUALITY)
    const thumb = await encode(decoded, fitting(decoded, THUMB_SIDE), THUMB_QUALITY)
    if (picture === undefined || thumb === undefined) return err({ type: 'unreadable' })
    return ok({
      ...size,
      picture,
      thumb,
      bytes: picture.byteLength,
      sha256: hexOf(await crypto.subtle.digest('SHA-256', picture)),
      thumbSha256: hexOf(await crypto.subtle.digest('SHA-256', thumb)),
    })
  } finally {
    decoded.close()
  }
}

/** A small file may hold more pixels than a tablet has memory: its header is asked first. */
async function decode(file: Blob): Promise<Result<ImageBitmap, Problem>> {
  if (file.size > MAX_SOURCE_BYTES) return err({ type: 'tooLarge' })
  try {
    const { width, height } = sizeOf(new Uint8Array(await file.arrayBuffer()))
    if (width * height > MAX_SOURCE_PIXELS) return err({ type: 'tooLarge' })
    return ok(await createImageBitmap(file, { imageOrientation: 'from-image' }))
  } catch {
    return err({ type: (await isHeic(file)) ? 'heic' : 'unreadable' })
  }
}

interface Size {
  readonly width: number
  readonly height: number
}

/** In pixels; 0 × 0 of a format that is not known here, which the browser may still read. */
function sizeOf(file: Uint8Array): Size {
  try {
    return imageSize(file)
  } catch {
    return { width: 0, height: 0 }
  }
}

/** The same proportions, the longest side at most `side`; nothing is made larger. */
function fitting({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

async function encode(
  picture: ImageBitmap,
  { width, height }: Size,
  quality: number,
): Promise<ArrayBuffer | undefined> {
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { alpha: false })
  if (context === null) return undefined
  // What is transparent in a PNG would be black.
  context.fillStyle = '#fff'
  context.fillRect(0, 0, width, height)
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, width, height)
  const encoded = await canvas.convertToBlob({ type: 'image/jpeg', quality })
  // Some browsers write Exif of their own.
  const stripped = stripJpeg(new Uint8Array(await encoded.arrayBuffer()))
  return stripped.ok ? stripped.value.buffer : undefined
}

async function isHeic(file: Blob): Promise<boolean> {
  const head = new Uint8Array(await file.slice(4, 12).arrayBuffer())
  return HEIC.test(String.fromCharCode(...head))
}
