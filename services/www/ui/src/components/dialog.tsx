// SPDX-License-Identifier: Apache-2.0
// A modal dialog on the browser's own <dialog>, which keeps the focus inside and closes on Escape.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
  testid?: string;
}

export function Dialog({ title, onClose, children, wide, testid }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    // By itself the browser would choose the button that closes the dialog.
    dialog?.querySelector<HTMLElement>('form :is(input, select, textarea), form button:last-of-type')?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-label={title}
      data-testid={testid}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header class="dialog-head">
        <h2>{title}</h2>
        <button type="button" class="button quiet" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  /** Asks for a reason, which is handed on. */
  withReason?: boolean;
  danger?: boolean;
  onConfirm: (reason: string) => Promise<void>;
  onClose: () => void;
}

export function Confirm({ title, text, action, withReason, danger, onConfirm, onClose }: ConfirmProps) {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      await onConfirm(reason.trim());
      onClose();
    } catch (failure) {
      setError((failure as Error).message);
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose} testid="confirm-dialog">
      <form onSubmit={submit}>
        <p>{text}</p>
        {withReason && (
          <label class="field">
            <span class="field-label">Reason</span>
            <input name="reason" value={reason} onInput={(e) => setReason(e.currentTarget.value)} />
          </label>
        )}
        {error && <p class="field-error" role="alert">{error}</p>}
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Keep it
          </button>
          <button class={danger ? 'button danger' : 'button primary'} disabled={busy} data-testid="confirm-button">
            {busy ? 'Working…' : action}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
