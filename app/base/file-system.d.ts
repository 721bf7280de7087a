/** Parts of the File System Access API that only some browsers have, and TypeScript's library therefore has not. */
interface FilePermission {
  readonly mode: 'read';
}

interface FileSystemHandle {
  queryPermission?(descriptor: FilePermission): Promise<PermissionState>;
  requestPermission?(descriptor: FilePermission): Promise<PermissionState>;
}

interface DataTransferItem {
  getAsFileSystemHandle(): Promise<FileSystemHandle | null>;
}

interface Window {
  showSaveFilePicker?(options: { readonly suggestedName: string }): Promise<FileSystemFileHandle>;
  showOpenFilePicker?(options: { readonly multiple: boolean }): Promise<FileSystemFileHandle[]>;
}
