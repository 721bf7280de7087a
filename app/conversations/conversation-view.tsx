import type { ReactNode } from 'react';
import { visible } from '../format/visible';
import type { Follow } from '../state/model';

/** Both sides of one conversation, in the order of the file; the list itself is given by the shell. */
export function ConversationView({ follow, children }: { readonly follow: Follow; readonly children: ReactNode }): ReactNode {
  return (
    <section className="conversation" aria-label="Conversation" data-name={visible(follow.label)}>
      {children}
    </section>
  );
}
