/** Why the past could not be read: what happened, that nothing is lost, what to do. */
type Problem = 'offline' | 'timeout' | 'signInNeeded' | 'refused' | 'malformed' | 'unsent'

const OFFLINE =
  '過去の時点の一覧を読み込むには、通信が必要です。端末の記録はそのままです。つながってから、もう一度読み込んでください。'
const FAILED =
  '過去の時点の一覧を読み込めませんでした。端末の記録はそのままです。しばらくしてから、もう一度読み込んでください。'

const WORDS: Readonly<Record<Problem, string>> = {
  offline: OFFLINE,
  timeout: OFFLINE,
  signInNeeded: '過去の時点の一覧を読み込むには、もう一度ログインしてください。端末の記録はそのままです。',
  unsent:
    '同期が終わっていないため、その時点の内容を確かめられません。端末の記録はそのままです。同期が終わってから、もう一度読み込んでください。',
  refused: FAILED,
  malformed: FAILED,
}

export const pastProblem = (type: Problem): string => WORDS[type]
