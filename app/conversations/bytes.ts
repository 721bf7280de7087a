/** The bytes of one direction, to be copied or saved. */
import type { ConversationStream } from '../../workers/protocol';
import { begin } from '../base/idle';
import { ask } from '../capture/session';
import { hexDump } from '../format/hex-dump';
import { counted, grouped } from '../format/number';
import { visible } from '../format/visible';
import { sentence } from '../messages/messages';
import type { BytesAs, OpenConversation, TabId } from '../state/model';
import { tell } from '../state/store';
import { asciiText } from './call-line';
import { nameText, tellFailure } from './moves';

/** Stretches of captured bytes, each with what is missing behind it. */
function* parts({ bytes, gaps }: ConversationStream): Generator<{ readonly part: Uint8Array<ArrayBuffer>; readonly missing: number }> {
  let from = 0;
  for (let i = 0; i + 1 < gaps.length; i += 2) {
    const at = gaps[i] ?? from;
    yield { part: bytes.slice(from, at), missing: gaps[i + 1] ?? 0 };
    from = at;
  }
  yield { part: bytes.slice(from), missing: 0 };
}

/** A direction as text; where bytes are missing it says how many. */
export function streamText(stream: ConversationStream, form: BytesAs): string {
  const lines: string[] = [];
  for (const { part, missing } of parts(stream)) {
    if (part.length > 0) {
      if (form === 'hex') lines.push(...hexDump(part, 16).map(({ offset, hex, text }) => `${offset}  ${hex}  ${text}`));
      else lines.push(form === 'raw' ? visible(new TextDecoder().decode(part)) : asciiText(part));
    }
    if (missing > 0) lines.push(`[${counted(missing, 'byte')} not captured]`);
  }
  return lines.join('\n');
}

function missingIn({ bytes, actual }: ConversationStream): string {
  const missing = actual - bytes.length;
  return missing > 0 ? ` ${counted(missing, 'byte')} of ${grouped(actual)} were not captured.` : '';
}

async function streamOf(id: TabId, open: OpenConversation, direction: 0 | 1): Promise<ConversationStream | undefined> {
  const answer = await ask(id, 'stream', { name: open.name, direction });
  if (!answer.ok) tellFailure(answer.error);
  else if (answer.value === undefined || answer.value.bytes.length === 0) tell('This end wrote no bytes that were captured.');
  else return answer.value;
  return undefined;
}

/** Copies what one end wrote, in the form that is shown. */
export async function copyStream(id: TabId, open: OpenConversation, direction: 0 | 1, form: BytesAs): Promise<void> {
  const end = begin();
  try {
    const stream = await streamOf(id, open, direction);
    if (stream === undefined) return;
    await navigator.clipboard.writeText(streamText(stream, form));
    tell(`Copied ${counted(stream.bytes.length, 'byte')}.${missingIn(stream)}`);
  } catch (cause) {
    tell(sentence({ kind: 'not-copied', reason: cause instanceof Error ? cause.message : 'the browser refused' }), 'alert');
  } finally {
    end();
  }
}

/** Saves the captured bytes of what one end wrote as a file. */
export async function saveStream(id: TabId, open: OpenConversation, direction: 0 | 1): Promise<void> {
  const end = begin();
  try {
    const stream = await streamOf(id, open, direction);
    if (stream === undefined) return;
    const address = URL.createObjectURL(new Blob([stream.bytes], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = address;
    // Keys hold paths and signs that file systems do not take.
    link.download = `${nameText(open.name).replace(/[^\w.~-]+/g, '-')}-${direction === 0 ? 'there' : 'back'}.bin`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    tell(`Saved ${counted(stream.bytes.length, 'byte')}.${missingIn(stream)}`);
  } finally {
    end();
  }
}
