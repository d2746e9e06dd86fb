// A member whose data is being changed, or was, stays fenced: standby.signal and the fence file, so that any start of it is
// read-only until start-as-standby.
import { readControlData } from '../postgres/control-data.ts';
import { hasStandbySignal } from '../postgres/down-facts.ts';
import { newestTimeline } from '../postgres/timelines.ts';
import type { Given } from '../verb.ts';
import { writeStandbySignal } from '../verbs/fence.ts';

type Asked = Given<'rewind'> | Given<'clone'>;

export function fenceHere({ host, command }: Asked, wasRunning: boolean): void {
  const { config, state } = host;
  const earlier = state.fence();
  const hadStandbySignal = earlier?.hadStandbySignal ?? hasStandbySignal(config.dataDirectory);
  writeStandbySignal(config.dataDirectory);
  state.keepFence({
    proposal: command.approval?.proposal ?? command.id,
    wasRunning,
    ...earlier,
    epoch: command.epoch,
    hadStandbySignal,
  });
}

/** Its data is another member's now: nobody may take standby.signal away, whatever was before. */
export async function keepAsStandby({ host, command }: Asked): Promise<void> {
  const { config, state } = host;
  const { dataDirectory, binDirectory } = config;
  writeStandbySignal(dataDirectory);
  const fence = state.fence() ?? { proposal: command.approval?.proposal ?? command.id, wasRunning: true };
  state.keepFence({ ...fence, epoch: command.epoch, hadStandbySignal: true });
  const timeline = newestTimeline(dataDirectory, await readControlData(binDirectory, dataDirectory));
  state.keepStanding({ epoch: command.epoch, timeline });
  state.dropUnfinished();
}
