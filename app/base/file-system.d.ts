/** Parts of the File System Access API that only some browsers have, and TypeScript's library therefore has not. */
type FilePermission = { mode: 'read' };

interface FileSystemHandle {
  queryPermission?(descriptor: FilePermission): Promise<PermissionState>;
  requestPermission?(descriptor: FilePermission): Promise<PermissionState>;
}

interface DataTransferItem {
  getAsFileSystemHandle(): Promise<FileSystemHandle | null>;
}

declare var showOpenFilePicker: ((options: { multiple: boolean }) => Promise<FileSystemFileHandle[]>) | undefined;
