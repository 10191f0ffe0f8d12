/** The mark that names an assignment in a pull request: what the pull request is found by, and proves nothing alone. */

/** `orchestrate:task=… attempt=… fence=…`: in a comment and in plain sight. */
export function renderMark(of: { readonly task: string; readonly attempt: number; readonly fence: number }): string {
  return `orchestrate:task=${of.task} attempt=${of.attempt} fence=${of.fence}`;
}
