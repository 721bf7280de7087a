import type { ReactNode } from 'react';

/** Both sides of one conversation, in the order of the file; the list itself is given by the shell. */
export function ConversationView({ children }: { readonly children: ReactNode }): ReactNode {
  return (
    <section className="conversation" aria-label="Conversation">
      {children}
    </section>
  );
}
