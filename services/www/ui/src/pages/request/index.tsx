// SPDX-License-Identifier: Apache-2.0
// A request for a build while it waits; once its build has begun, this page becomes that build's.
import { useEffect } from 'preact/hooks';
import type { Build, Builder, BuildRequest, BuildSet } from '../../api/records';
import { CancelButton } from '../../components/actions';
import { Await } from '../../components/notice';
import { Facts, Trail, useTitle } from '../../components/panel';
import { StatusBadge } from '../../components/status';
import { Ago } from '../../components/time';
import { WhyWaiting } from '../../components/why';
import { resultStatus } from '../../lib/results';
import { href } from '../../lib/route';
import { navigate } from '../../lib/router';
import * as specs from '../../lib/specs';
import { useCollection, useOne } from '../../live/hooks';
import { t } from '../../text';
import { NotFound } from '../notfound';
import type { PageProps } from '../../lib/pages';

function RequestPage({ id }: { id: number }) {
  useTitle(t.request.title(id));
  const request = useOne<BuildRequest>(specs.request(id));
  const builds = useCollection<Build>(specs.buildsOfRequest(id));
  const build = builds.data?.reduce<Build | undefined>((a, b) => (a && a.buildid > b.buildid ? a : b), undefined);
  useEffect(() => {
    // Replaced, so that "back" does not lead here and forward again.
    if (build) navigate(href('builders', build.builderid, 'builds', build.number), true);
  }, [build?.buildid]);
  if (request.error?.status === 404) return <NotFound what={t.request.noSuch(id)} />;
  return (
    <div class="page">
      <Await of={request} lines={4}>{(r) => <Found request={r} onDone={request.reload} />}</Await>
    </div>
  );
}

function Found({ request, onDone }: { request: BuildRequest; onDone: () => void }) {
  const builder = useOne<Builder>(specs.builder(String(request.builderid)));
  const buildset = useOne<BuildSet>(specs.buildset(request.buildsetid));
  const name = builder.data?.name ?? t.request.unnamed(request.builderid);
  const status = request.complete ? resultStatus(request.results) : 'pending';
  return (
    <>
      <Trail items={[{ text: t.nav.builders, link: '#/builders' }, { text: name, link: href('builders', request.builderid) }]} />
      <header class="build-head" data-testid="request">
        <h1>{t.request.title(request.buildrequestid)}</h1>
        <StatusBadge status={status} text={status === 'pending' ? t.request.waiting : undefined} />
        <span class="head-actions">{!request.complete && <CancelButton request={request} onDone={onDone} />}</span>
      </header>
      <Facts
        rows={[
          [t.request.builder, <a href={href('builders', request.builderid)}>{name}</a>],
          [t.common.reason, buildset.data?.reason ?? '–'],
          [t.request.priority, String(request.priority)],
          [t.request.requested, <Ago at={request.submitted_at} />],
        ]}
      />
      {!request.complete && <p class="muted">{t.request.opensHere}</p>}
      {request.collapsed_into && (
        <p data-testid="superseded">
          {t.request.superseded} <a href={href('buildrequests', request.collapsed_into)}>{t.request.other(request.collapsed_into)}</a>
        </p>
      )}
      {!request.complete && <WhyWaiting id={request.buildrequestid} whole />}
    </>
  );
}

export default function Page({ params }: PageProps) {
  return <RequestPage id={Number(params.request)} />;
}
