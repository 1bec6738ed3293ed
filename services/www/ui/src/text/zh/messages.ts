// SPDX-License-Identifier: Apache-2.0
// Texts of the messages that were sent.
import type { messages as english } from '../en/messages';

export const messages: typeof english = {
  message: '消息',
  noSuch: (id) => `没有消息 ${id}。`,
  none: '尚未发送任何消息。配置中的通知器决定把什么发送给谁。',
  noneSuch: '没有符合条件的消息。',
  noRecord: '此服务器不保存消息记录。',
  state: '状态',
  transport: '发送方式',
  recipientFilter: '收件人',
  states: { pending: '等待中', sending: '发送中', sent: '已发送', failed: '失败', unconfirmed: '未确认' },
  to: (recipient) => `发给 ${recipient}`,
  tries: (n) => `${n} 次尝试`,
  facts: { state: '状态', to: '收件人', build: '构建', by: '发送者', tries: '尝试次数', written: '写入时间', sent: '发送时间', next: '下次尝试' },
  asHtml: 'HTML 格式',
  asText: '文本格式',
  htmlTitle: 'HTML 格式的消息',
  textTitle: '文本格式的消息',
};
