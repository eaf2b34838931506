export { getProfile, type Profile, updateProfile } from './profile.ts';
