// SPDX-License-Identifier: Apache-2.0
// A modal dialog on the browser's own <dialog>, which keeps the focus inside and closes on Escape.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../text';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
  testid?: string;
}

/** By itself the browser would choose the button that closes the dialog. */
const FIRST = 'form :is(input, select, textarea), form button:last-of-type';

/** The focus goes into the dialog, and back to where it was when the dialog closes. */
function useModal() {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    dialog?.querySelector<HTMLElement>(FIRST)?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return ref;
}

/** Dialogs that hold nothing that could be lost close at a press beside them. */
const EASY = new Set(['sheet', 'dialog overlay']);

function Modal({ kind, title, onClose, children, testid }: DialogProps & { kind: string }) {
  const ref = useModal();
  const cancel = (event: Event) => {
    event.preventDefault();
    onClose();
  };
  // What lies round the dialog belongs to it as well, as far as the browser is concerned.
  const pressed = (event: Event) => event.target === ref.current && EASY.has(kind) && onClose();
  return (
    <dialog ref={ref} class={kind} aria-label={title} data-testid={testid} onCancel={cancel} onClick={pressed}>
      {children}
    </dialog>
  );
}

function CloseButton({ onClose }: { onClose: () => void }) {
  return <button type="button" class="button quiet" aria-label={t.common.close} onClick={onClose}>✕</button>;
}

export function Dialog({ title, onClose, children, wide, testid }: DialogProps) {
  return (
    <Modal kind={wide ? 'dialog wide' : 'dialog'} title={title} onClose={onClose} testid={testid}>
      <header class="dialog-head">
        <h2>{title}</h2>
        <CloseButton onClose={onClose} />
      </header>
      {children}
    </Modal>
  );
}

/** From the window's lower edge, for thumbs. */
export function Sheet({ title, onClose, children, testid }: DialogProps) {
  return (
    <Modal kind="sheet" title={title} onClose={onClose} testid={testid}>
      <div class="sheet-head">
        <h2>{title}</h2>
        <CloseButton onClose={onClose} />
      </div>
      {children}
    </Modal>
  );
}

/** At the window's upper edge, without a head of its own. */
export function Overlay({ title, onClose, children, testid }: DialogProps) {
  return <Modal kind="dialog overlay" title={title} onClose={onClose} testid={testid}>{children}</Modal>;
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
            <span class="field-label">{t.common.reason}</span>
            <input name="reason" value={reason} onInput={(e) => setReason(e.currentTarget.value)} />
          </label>
        )}
        {error && <p class="field-error" role="alert">{error}</p>}
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            {t.common.keep}
          </button>
          <button class={danger ? 'button danger' : 'button primary'} disabled={busy} data-testid="confirm-button">
            {busy ? t.common.working : action}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
