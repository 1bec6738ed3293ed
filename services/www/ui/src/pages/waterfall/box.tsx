// SPDX-License-Identifier: Apache-2.0
// One build in the waterfall: a link as high as the build took, with its result as colour, shape and number.
import type { Build } from '../../api/records';
import { StatusIcon } from '../../components/icons';
import { formatDuration } from '../../lib/format';
import type { Box } from '../../lib/lanes';
import { statusOf } from '../../lib/results';
import { href } from '../../lib/route';
import { t } from '../../text';

interface Props {
  box: Box<Build>;
  builder: string;
  left: number;
  width: number;
  lanes: number;
  now: number;
  onShow: (build: Build | undefined) => void;
}

const GAP = 3;
/** From this height on there is room for a second line. */
const TWO_LINES = 40;

export function BuildBox({ box, builder, left, width, lanes, now, onShow }: Props) {
  const { item: build, top, height, lane } = box;
  const status = statusOf(build);
  const took = formatDuration((build.complete_at ?? now) - build.started_at);
  const room = (width - 2 * GAP) / lanes;
  const style = { top: `${top}px`, height: `${height - 1}px`, left: `${left + GAP + lane * room}px`, width: `${room - 1}px` };
  return (
    <li>
      <a
        class={`waterfall-box st-${status}`} style={style} href={href('builders', build.builderid, 'builds', build.number)}
        aria-label={t.waterfall.label(builder, build.number, t.results[status], took)} data-build={build.buildid} data-status={status} data-testid="waterfall-box"
        onMouseEnter={() => onShow(build)} onFocus={() => onShow(build)}
      >
        <span class="waterfall-box-line"><StatusIcon status={status} />{lanes < 3 && `#${build.number}`}{lanes === 1 && <span class="waterfall-took">{took}</span>}</span>
        {height > TWO_LINES && <span class="waterfall-state">{build.state_string}</span>}
      </a>
    </li>
  );
}
