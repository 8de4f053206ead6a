/** Finds a Chromium for the browser tests, and gets one where there is none. Tests never pass for want of a browser. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from '@playwright/test'
import { root } from './run.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']
const SPARTICUZ = '@sparticuz/chromium@153.0.0'
const cacheDir = join(root, '.cache/chromium')

/** Switches it is started with: as root in a container, quiet, without calling home. */
export const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Path of a browser that is there already; undefined when there is none. */
export function installedBrowser() {
  const { CHROME_PATH, PATH = '' } = process.env
  if (CHROME_PATH !== undefined && CHROME_PATH !== '') {
    if (!isExecutable(CHROME_PATH))
      throw new Error(`CHROME_PATH=${CHROME_PATH} は実行できるファイルではありません。`)
    return CHROME_PATH
  }
  const onPath = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)))
  return [...onPath, chromium.executablePath()].find(isExecutable)
}

/** Path of a browser, installed if need be. Throws when that is not possible either. */
export async function ensureBrowser() {
  const found = installedBrowser() ?? installedByApt() ?? (await installedByNpm())
  if (found === undefined) {
    throw new Error(
      'ブラウザーが見つかりません。Chromium を入れるか、CHROME_PATH にその場所を指定してください。',
    )
  }
  return found
}

function installedByApt() {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined
  process.stdout.write('Chromium を apt-get で入れています…\n')
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  spawnSync('apt-get', ['update', '-qq'], options)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options)
  return installedBrowser()
}

async function installedByNpm() {
  const module = join(cacheDir, 'node_modules/@sparticuz/chromium/build/index.js')
  if (!existsSync(module)) {
    process.stdout.write('Chromium を npm で入れています…\n')
    spawnSync('npm', ['install', '--prefix', cacheDir, '--no-save', '--no-audit', '--no-fund', SPARTICUZ], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  if (!existsSync(module)) return undefined
  const { default: packaged } = await import(pathToFileURL(module).href)
  return packaged.executablePath()
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

if (import.meta.main) process.stdout.write(`${await ensureBrowser()}\n`)
