-- Messages whose sender died between the last byte and the relay's answer.  $1 now
UPDATE notifications SET state = 'unconfirmed', next_try_at = NULL,
       error = 'the sender ended before the relay answered; the mail may have been delivered'
 WHERE state = 'sending' AND committing AND next_try_at <= $1;
