/** A promise face of IndexedDB, as small as this page needs it. */
const databaseName = 'scapscope';
const version = 1;

/** Captures that were opened, by fingerprint. */
export const captureStore = 'captures';

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('the database refused'));
  });
}

async function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(databaseName, version);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(captureStore, { keyPath: 'fingerprint' });
  };
  const database = await settled(request);
  // Another tab with a newer release must be able to upgrade.
  database.onversionchange = () => database.close();
  return database;
}

/** Runs one request in a transaction of its own. */
export async function withStore<T>(
  mode: IDBTransactionMode,
  run: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open();
  try {
    return await settled(run(database.transaction(captureStore, mode).objectStore(captureStore)));
  } finally {
    database.close();
  }
}
