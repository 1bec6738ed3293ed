// SPDX-License-Identifier: Apache-2.0
// Every builder with its last builds; a search field, tags and projects narrow the list.
import type { Builder } from '../../api/records';
import { BuilderFields, TagBar } from '../../components/builderfilter';
import { Await, Empty } from '../../components/notice';
import { useTitle } from '../../components/panel';
import { filterBuilders, isOld, linkOf, readFilter, type Filter } from '../../lib/builderfilter';
import type { PageProps } from '../../lib/pages';
import * as specs from '../../lib/specs';
import { useCollection } from '../../live/hooks';
import { t } from '../../text';
import '../../styles/pages/overview.css';
import { BuilderList } from './list';

export default function BuildersPage({ query }: PageProps) {
  useTitle(t.nav.builders);
  const builders = useCollection<Builder>(specs.builders());
  const filter = readFilter(query);
  const shown = filterBuilders(builders.data ?? [], filter);
  const current = builders.data?.filter((b) => filter.old || !isOld(b)) ?? [];
  const fields = { builders: builders.data ?? [], filter, link: (next: Filter) => linkOf(next) };
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t.nav.builders}</h1>
        <BuilderFields {...fields} />
        {builders.data && <span class="muted page-count" role="status">{t.overview.shown(shown.length, current.length)}</span>}
      </header>
      <Await of={builders} lines={8}>
        {(list) => (
          <>
            <TagBar {...fields} />
            {shown.length > 0 ? <BuilderList builders={shown} /> : <Empty>{list.length === 0 ? t.overview.describeOne : t.overview.noneMatch}</Empty>}
          </>
        )}
      </Await>
    </div>
  );
}
