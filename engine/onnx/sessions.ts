/** @file The native sessions of this process. Runs that share a process share the programs that they have in common. */
import { createHash } from 'node:crypto';
import * as ort from 'onnxruntime-node';
import type { Provider } from './provider.ts';

/** What a session is made of. */
export interface SessionSpec {
  /** The bytes of an ONNX model. */
  readonly model: Uint8Array;
  readonly threads: number;
  readonly provider: Provider;
  /** Bytes of the model's constants and intermediate results: what an idle session may keep allocated. */
  readonly footprint: number;
}

/** A session in use. */
export interface Lease {
  readonly session: ort.InferenceSession;
  /** Gives the session back; safe to call twice. Others that use it keep it. */
  release(): Promise<void>;
}

export interface SessionCache {
  /** The session of a model: one that exists already, or a new one. */
  acquire(spec: SessionSpec): Promise<Lease>;
  /** Sessions alive, in use or idle. */
  readonly size: number;
}

interface Entry {
  readonly session: Promise<ort.InferenceSession>;
  readonly footprint: number;
  users: number;
}

/**
 * Keeps sessions that nobody uses for the next who asks for the same, the last used first to stay.
 * @param limits idle sessions kept at most: their number, and the sum of their footprints in bytes
 */
export function createSessionCache(
  create: (spec: SessionSpec) => Promise<ort.InferenceSession>,
  limits: { readonly idle: number; readonly bytes: number },
): SessionCache {
  // A map keeps the order of insertion: an entry that is used moves to its end.
  const entries = new Map<string, Entry>();

  async function evict(): Promise<void> {
    const idle = [...entries].filter(([, { users }]) => users === 0).toReversed();
    let [kept, bytes] = [0, 0];
    const dropped = idle.filter(([, { footprint }]) => {
      if (kept >= limits.idle || bytes + footprint > limits.bytes) return true;
      kept++;
      bytes += footprint;
      return false;
    });
    // All are forgotten before the first is released, or one might be handed out in between.
    for (const [key] of dropped) entries.delete(key);
    for (const [, { session }] of dropped) await (await session).release();
  }

  return {
    get size() {
      return entries.size;
    },
    async acquire(spec) {
      const key = `${spec.provider} ${spec.threads} ${createHash('sha256').update(spec.model).digest('hex')}`;
      const entry = entries.get(key) ?? { session: create(spec), footprint: spec.footprint, users: 0 };
      entries.delete(key);
      entries.set(key, entry);
      entry.users++;
      let session: ort.InferenceSession;
      try {
        session = await entry.session;
      } catch (error) {
        if (entries.get(key) === entry) entries.delete(key);
        throw error;
      }
      let released = false;
      return {
        session,
        async release() {
          if (released) return;
          released = true;
          entry.users--;
          await evict();
        },
      };
    },
  };
}

/** The sessions of all engines of this process. */
export const sessions = createSessionCache(createSession, { idle: 64, bytes: 256 * 2 ** 20 });

function createSession({ model, threads, provider }: SessionSpec): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(model, {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Vanishing gradients turn into denormals, which the processor computes a hundred times slower and nobody can see.
    extra: { session: { set_denormal_as_zero: '1' } },
  });
}
